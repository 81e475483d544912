/* SPDX-License-Identifier: Apache-2.0 */
/* Headers that a kernel includes, from archives made here. */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <lzma.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/array.h"
#include "common/compile_request.h"
#include "common/kheaders.h"
#include "frontends/headers.h"
#include "small_tree.h"

int bcc_compile_1(const struct bcc_compile_request *request, struct bcc_compile_result *result);
void bcc_compile_free_1(struct bcc_compile_result *result);

#define LONG_PATH                                                                                            \
	"include/linux/a_folder_with_a_name_that_is_as_long_as_this_one/and_another_with_one_that_is_as_long/file.h"

static uint8_t tar[1 << 20];
static size_t tar_size;
static size_t root_length;

/* An entry as written by GNU tar: header and contents, in blocks of 512 bytes. */
static void pack(const char *name, char type, const char *content, size_t size)
{
	char *header = (char *)tar + tar_size;
	unsigned sum = 0;

	if (strlen(name) >= 100) {
		pack("././@LongLink", 'L', name, strlen(name) + 1);
		header = (char *)tar + tar_size;
	}
	assert_true(tar_size + 3 * 512 + size < sizeof(tar));
	memset(header, 0, 512);
	memcpy(header, name, strnlen(name, 99));
	snprintf(header + 100, 8, "%07o", 0444);
	snprintf(header + 124, 12, "%011zo", size);
	memset(header + 148, ' ', 8);
	header[156] = type;
	memcpy(header + 257, "ustar  ", 8);
	for (int i = 0; i < 512; i++)
		sum += (unsigned char)header[i];
	snprintf(header + 148, 8, "%06o", sum);
	memcpy(header + 512, content, size);
	tar_size += 512 + (size + 511) / 512 * 512;
}

/* As in the kernel's script: names begin with "./". */
static int pack_file(const char *path, const struct stat *st, int type, struct FTW *at)
{
	static char content[65536];
	char name[PATH_MAX + 8];
	FILE *file;
	size_t size;

	if (type != FTW_F)
		return 0;
	file = fopen(path, "r");
	assert_non_null(file);
	size = fread(content, 1, sizeof(content), file);
	fclose(file);
	snprintf(name, sizeof(name), "./%s", path + root_length);
	pack(name, '0', content, size);
	return 0;
}

static void compress_to(const char *path)
{
	static uint8_t packed[sizeof(tar)];
	size_t size = 0;
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, NULL, tar, tar_size + 1024, packed,
				 &size, sizeof(packed)),
		LZMA_OK);
	assert_int_equal(fwrite(packed, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

/* The small tree, and what no archive of headers contains: paths that lead outside it. */
static void make_archive(const char *name)
{
	memset(tar, 0, sizeof(tar));
	tar_size = 0;
	put_small_tree("tree");
	put("tree", LONG_PATH, "#define LONG_PATH 1\n");
	root_length = strlen(in_root("tree/"));
	pack("../outside", '0', "x", 1);
	pack("include/../../outside", '0', "x", 1);
	pack(in_root("absolute"), '0', "x", 1);
	pack("way-out", '2', "", 0);
	pack("folder/", '5', "", 0);
	assert_int_equal(nftw(in_root("tree"), pack_file, 16, FTW_PHYS), 0);
	compress_to(in_root(name));
}

static int prepare(void **state)
{
	if (make_root(state) || mkdir(in_root("tmp"), 0700))
		return -1;
	setenv("TMPDIR", in_root("tmp"), 1);
	make_archive("kheaders.tar.xz");
	return 0;
}

static int clean_up_file(const char *path, const struct stat *st, int type, struct FTW *at)
{
	return remove(path);
}

static int clean_up(void **state)
{
	return nftw(root, clean_up_file, 16, FTW_DEPTH | FTW_PHYS);
}

static int count_temporary(void)
{
	DIR *dir = opendir(in_root("tmp"));
	int count = -2; /* . and .. */

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static const char text[] =
	"#include <linux/sched.h>\n"
	"_Static_assert(__builtin_offsetof(struct task_struct, pid) == 1234, \"\");\n"
	"_Static_assert(CONFIG_ANSWER == 42, \"\");\n"
	"int f(void *ctx) { return ((struct task_struct *)bpf_get_current_task())->pid; }\n";

/* The process that a text is compiled for. */
static const char *packed = BCC_KHEADERS;
static struct bcc_kheaders unpacked;

static int unpack(void *ctx, const char **folder, struct bcc_err *err)
{
	int ret = bcc_kheaders_unpack(packed, &unpacked, err);

	*folder = unpacked.folder;
	return ret;
}

static const struct bcc_compile_host host = {.unpack_headers = unpack};

/* The error, or "". */
static char *compile(const char *tree)
{
	struct bcc_compile_request request = {.abi = BCC_COMPILER_ABI,
		.text = text,
		.name = "text.c",
		.kernel_source = tree,
		.tracefs_fd = -1,
		.btf_fd = -1,
		.host = &host};
	struct bcc_compile_result result;
	char *error;

	bcc_compile_1(&request, &result);
	if (!tree)
		bcc_kheaders_remove(&unpacked);
	error = strdup(result.error ? result.error : "");
	bcc_compile_free_1(&result);
	return error;
}

static void test_unpacked_and_removed(void **state)
{
	struct bcc_headers headers;
	struct bcc_err err = {0};
	struct stat st;
	char *error;

	packed = in_root("kheaders.tar.xz");
	assert_int_equal(bcc_headers_of_running(in_root("no-modules"), "1.2.3", &host, &headers, &err), 0);
	assert_int_equal(count_temporary(), 1);
	assert_true(headers.unpacked);
	assert_string_equal(headers.source, headers.build);
	assert_string_equal(headers.build, unpacked.folder);
	assert_int_equal(stat(unpacked.folder, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	error = compile(unpacked.folder);
	assert_string_equal(error, "");
	free(error);
	bcc_headers_free(&headers);
	bcc_kheaders_remove(&unpacked);
	assert_int_equal(count_temporary(), 0);
	/* nothing was written elsewhere */
	assert_int_equal(access(in_root("outside"), F_OK), -1);
	assert_int_equal(access(in_root("tmp/outside"), F_OK), -1);
	assert_int_equal(access(in_root("absolute"), F_OK), -1);
}

static void test_installed_headers_come_first(void **state)
{
	struct bcc_headers headers;
	struct bcc_err err = {0};

	put_small_tree("modules/1.2.3/build");
	packed = in_root("kheaders.tar.xz");
	assert_int_equal(bcc_headers_of_running(in_root("modules"), "1.2.3", &host, &headers, &err), 0);
	assert_false(headers.unpacked);
	assert_null(unpacked.folder);
	assert_int_equal(count_temporary(), 0);
	bcc_headers_free(&headers);
}

static void expect_failure(const char *archive, int code, const char *sentence)
{
	struct bcc_headers headers;
	struct bcc_err err = {0};

	packed = archive;
	assert_int_equal(bcc_headers_of_running(in_root("no-modules"), "1.2.3", &host, &headers, &err), code);
	assert_int_equal(err.code, code);
	if (!strstr(err.text, sentence) || !strstr(err.text, "no-modules/1.2.3/build"))
		fail_msg("\"%s\" is not in: %s", sentence, err.text);
	bcc_err_clear(&err);
	assert_false(headers.unpacked);
	assert_null(unpacked.folder);
	assert_int_equal(count_temporary(), 0);
}

static void test_no_archive(void **state)
{
	expect_failure(in_root("none.tar.xz"), -ENOENT, "none.tar.xz");
}

/* Truncated anywhere: an error message, and nothing is left behind. */
static void test_damaged_archive(void **state)
{
	struct stat st;

	put("damaged", "text.tar.xz", "no archive, but a text that is longer than a header of one would be");
	expect_failure(in_root("damaged/text.tar.xz"), -EBADMSG, "damaged");
	put("damaged", "empty.tar.xz", "");
	expect_failure(in_root("damaged/empty.tar.xz"), -EBADMSG, "damaged");
	make_archive("damaged/cut.tar.xz");
	assert_int_equal(stat(in_root("damaged/cut.tar.xz"), &st), 0);
	for (off_t size = st.st_size - 4; size > 64; size -= 97) {
		assert_int_equal(truncate(in_root("damaged/cut.tar.xz"), size), 0);
		expect_failure(in_root("damaged/cut.tar.xz"), -EBADMSG, "the archive is damaged");
	}
}

static void copy_file(const char *from, const char *to)
{
	static char content[1 << 20];
	FILE *in = fopen(from, "r"), *out = fopen(to, "w");
	size_t size;

	if (!in || !out)
		_exit(10);
	size = fread(content, 1, sizeof(content), in);
	if (fwrite(content, 1, size, out) != size || fclose(out) || fclose(in))
		_exit(11);
}

/* ---- processes that are killed ---- */

/* Many files, so that unpacking takes a while. */
static void make_large_archive(void)
{
	char name[64];

	memset(tar, 0, sizeof(tar));
	tar_size = 0;
	for (int i = 0; i < 900; i++) {
		snprintf(name, sizeof(name), "./include/%d/%d.h", i % 7, i);
		pack(name, '0', "x", 1);
	}
	compress_to(in_root("large.tar.xz"));
}

static pid_t fork_unpacking(const char *archive)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child)
		return child;
	for (;;) {
		struct bcc_kheaders own;

		if (bcc_kheaders_unpack(archive, &own, NULL))
			_exit(1);
		bcc_kheaders_remove(&own);
	}
}

static void kill_child(pid_t child)
{
	int status;

	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

/* At any moment of several: what is left goes away with the next time. */
static void test_killed(void **state)
{
	struct bcc_err err = {0};
	int left = 0;

	make_large_archive();
	for (int i = 0; i < 20; i++) {
		pid_t child = fork_unpacking(in_root("large.tar.xz"));

		while (count_temporary() == 0)
			usleep(50);
		usleep(i * 317);
		kill_child(child);
		left += count_temporary();
		assert_int_equal(bcc_kheaders_unpack(in_root("kheaders.tar.xz"), &unpacked, &err), 0);
		assert_int_equal(count_temporary(), 1);
		bcc_kheaders_remove(&unpacked);
		assert_int_equal(count_temporary(), 0);
	}
	assert_true(left > 0);
}

/* What a process still uses stays, and so does what is not ours. */
static void test_others_stay(void **state)
{
	struct bcc_kheaders first, second;
	struct bcc_err err = {0};
	char file[PATH_MAX];

	assert_int_equal(bcc_kheaders_unpack(in_root("kheaders.tar.xz"), &first, &err), 0);
	assert_true(first.lock >= 0);
	put("tmp", "bcc-kheaders-file", "");
	assert_int_equal(symlink(in_root("tree"), in_root("tmp/bcc-kheaders-link")), 0);
	assert_int_equal(mkdir(in_root("tmp/bcc-kheaders-theirs"), 0700), 0);
	if (geteuid() == 0)
		assert_int_equal(chown(in_root("tmp/bcc-kheaders-theirs"), 12345, 12345), 0);
	assert_int_equal(bcc_kheaders_unpack(in_root("kheaders.tar.xz"), &second, &err), 0);
	snprintf(file, sizeof(file), "%s/include/linux/sched.h", first.folder);
	assert_int_equal(access(file, R_OK), 0);
	assert_int_equal(access(in_root("tree/include/linux/sched.h"), R_OK), 0);
	assert_int_equal(count_temporary(), geteuid() == 0 ? 5 : 4);
	bcc_kheaders_remove(&second);
	assert_int_equal(access(file, R_OK), 0);
	bcc_kheaders_remove(&first);
	assert_int_equal(unlink(in_root("tmp/bcc-kheaders-file")), 0);
	assert_int_equal(unlink(in_root("tmp/bcc-kheaders-link")), 0);
	if (geteuid() == 0)
		assert_int_equal(rmdir(in_root("tmp/bcc-kheaders-theirs")), 0);
	assert_int_equal(count_temporary(), 0);
}

/* Several processes that take away from each other only what is left behind. */
static void test_several_at_once(void **state)
{
	pid_t children[4];
	int status;

	for (size_t i = 0; i < ARRAY_SIZE(children); i++)
		children[i] = fork_unpacking(in_root("kheaders.tar.xz"));
	usleep(300000);
	for (size_t i = 0; i < ARRAY_SIZE(children); i++) {
		assert_int_equal(waitpid(children[i], &status, WNOHANG), 0);
		kill_child(children[i]);
	}
	assert_int_equal(bcc_kheaders_unpack(in_root("kheaders.tar.xz"), &unpacked, NULL), 0);
	bcc_kheaders_remove(&unpacked);
	assert_int_equal(count_temporary(), 0);
}

/* ---- a kernel that has nothing else ---- */

/* A kernel without BTF and without installed headers, as far as this process can see. */
static void compile_on_other_kernel(void)
{
	char *error;

	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mount("tmpfs", "/sys/kernel", "tmpfs", 0, NULL) ||
		(access("/lib/modules", F_OK) == 0 && mount("tmpfs", "/lib/modules", "tmpfs", 0, NULL)) ||
		(access("/boot", F_OK) == 0 && mount("tmpfs", "/boot", "tmpfs", 0, NULL)))
		_exit(77);
	packed = BCC_KHEADERS;
	error = compile(NULL);
	if (!strstr(error, "no types for this kernel") || !strstr(error, "kheaders.tar.xz") ||
		!strstr(error, "linux-headers-") || !strstr(error, "kernel-devel-")) {
		printf("without any: %s\n", error);
		_exit(1);
	}
	copy_file(in_root("kheaders.tar.xz"), "/sys/kernel/kheaders.tar.xz");
	error = compile(NULL);
	if (*error)
		printf("with kheaders: %s\n", error);
	fflush(stdout);
	_exit(*error ? 2 : 0);
}

static void test_kernel_that_has_nothing_else(void **state)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (!child)
		compile_on_other_kernel();
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		printf("SKIP: hiding this kernel's BTF takes mount namespaces\n");
		skip();
	}
	assert_int_equal(status, 0);
	assert_int_equal(count_temporary(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unpacked_and_removed),
		cmocka_unit_test(test_installed_headers_come_first),
		cmocka_unit_test(test_no_archive),
		cmocka_unit_test(test_damaged_archive),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_others_stay),
		cmocka_unit_test(test_several_at_once),
		cmocka_unit_test(test_kernel_that_has_nothing_else),
	};

	return cmocka_run_group_tests(tests, prepare, clean_up);
}
