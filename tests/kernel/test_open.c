/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and closing: good and bad texts, files and options; what a handle leaves behind; users and kernels
 * that forbid it. */
#include <bpf/bpf.h>
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/magic.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "common/array.h"
#include "testlib.h"

/* What takes long in an emulated machine is done less often there, or with less: a compilation takes seconds,
 * and ten megabytes of text take a minute. */
static size_t less_if_emulated(size_t all, size_t some)
{
	return getenv("BCC_TEST_NO_SKIP") ? some : all;
}

#define SMALL_TEXT                                                                                           \
	"BPF_HASH(leak_table, u32, u64);\n"                                                                  \
	"int filter(struct __sk_buff *skb) { u32 key = 1; leak_table.increment(key); return 0; }\n"

/* ---- bad texts and options ---- */

static void expect_refused(const char *text, int code, const char *sentence)
{
	struct bcc *b = NULL;
	int ret = bcc_open_text(text, NULL, &b);

	if (ret != code)
		fail_msg("%d instead of %d: %s", ret, code, bcc_error(b));
	assert_non_null(b);
	expect_sentence(b, sentence);
	assert_int_equal(bcc_program_count(b), 0);
	assert_int_equal(bcc_table_count(b), 0);
	bcc_close(b);
}

static void test_bad_texts(void **state)
{
	expect_refused("", -EINVAL, "empty");
	expect_refused(" \n\t\n", -EINVAL, "empty");
	expect_refused(NULL, -EINVAL, "NULL");
	expect_refused("int f(void *ctx)\n{\n	return 0 +;\n}\n", -EINVAL, "text.c:3:12: error:");
	expect_refused("int f(void *ctx)\n{\n	return nothing;\n}\n", -EINVAL, "text.c:3:9: error:");
	expect_refused("#include <no/such/file.h>\n", -EINVAL, "text.c:1:10:");
	expect_refused("}}}}}}}}", -EINVAL, "text.c:1:1: error:");
	expect_refused("\xff\xfe\x01\x02", -EINVAL, "text.c:1:1: error:");
	bcc_close(NULL);
	assert_string_equal(bcc_error(NULL), "out of memory");
	assert_string_equal(bcc_version(), BCC_VERSION);
}

static void test_names_and_flags(void **state)
{
	const char *const flags[] = {"-DWRONG=nothing"}, *const bad[] = {"-fno-such-flag-at-all"};
	struct bcc *b;

	assert_int_equal(bcc_open_text("int f(void *ctx)\n{\n	return WRONG;\n}\n",
				 &BCC_OPTS(struct bcc_open_opts, .name = "probe.c", .cflags = flags,
					 .cflags_count = 1),
				 &b),
		-EINVAL);
	expect_sentence(b, "probe.c:3:9: error:");
	bcc_close(b);
	assert_int_equal(bcc_open_text("int f(void *ctx) { return 0; }\n",
				 &BCC_OPTS(struct bcc_open_opts, .cflags = bad, .cflags_count = 1), &b),
		-EINVAL);
	expect_sentence(b, "-fno-such-flag-at-all");
	bcc_close(b);
	assert_int_equal(
		bcc_open_text("int x;\n", &BCC_OPTS(struct bcc_open_opts, .cflags_count = 3), &b), -EINVAL);
	expect_sentence(b, "cflags");
	bcc_close(b);
}

static void test_options_of_other_versions(void **state)
{
	struct {
		struct bcc_open_opts known;
		long newer;
	} opts = {.known.size = sizeof(opts), .newer = 1};
	struct bcc *b;

	assert_int_equal(bcc_open_text("int x;\n", &opts.known, &b), -E2BIG);
	expect_sentence(b, "this version");
	bcc_close(b);
	opts.known.size = 0;
	assert_int_equal(bcc_open_text("int x;\n", &opts.known, &b), -EINVAL);
	expect_sentence(b, "BCC_OPTS");
	bcc_close(b);
	/* a program built against the first version of the struct: what follows is not read */
	opts.known.size = offsetof(struct bcc_open_opts, cflags);
	opts.known.name = "old.c";
	opts.known.cflags = (void *)1;
	opts.known.cflags_count = 1000;
	assert_int_equal(bcc_open_text("!\n", &opts.known, &b), -EINVAL);
	expect_sentence(b, "old.c:1:1: error:");
	bcc_close(b);
}

static void write_file(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static void test_files(void **state)
{
	char folder[] = "/tmp/bcc-open-XXXXXX", path[64];
	struct bcc *b;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/probe.c", folder);
	assert_int_equal(bcc_open_file(path, NULL, &b), -ENOENT);
	expect_sentence(b, path);
	bcc_close(b);
	assert_int_equal(bcc_open_file(folder, NULL, &b), -EISDIR);
	bcc_close(b);
	assert_int_equal(bcc_open_file(NULL, NULL, &b), -EINVAL);
	bcc_close(b);
	write_file(path, "int f(void *ctx)\n{ return x; }\n", 31);
	assert_int_equal(bcc_open_file(path, NULL, &b), -EINVAL);
	expect_sentence(b, "probe.c:2:10: error:");
	bcc_close(b);
	write_file(path, "int f(void *ctx)\0{ return x; }\n", 31);
	assert_int_equal(bcc_open_file(path, NULL, &b), -EINVAL);
	expect_sentence(b, "zero byte at offset 16");
	bcc_close(b);
	write_file(path, "int f(void *ctx)\n{ return 0; }\n", 31);
	expect_ok(b, bcc_open_file(path, NULL, &b));
	assert_int_equal(bcc_program_count(b), 1);
	assert_string_equal(bcc_program_name(bcc_program_at(b, 0)), "f");
	assert_string_equal(bcc_error(b), "");
	bcc_close(b);
	unlink(path);
	rmdir(folder);
}

static void test_long_text(void **state)
{
	size_t size = less_if_emulated(10 << 20, 1 << 20);
	char *text = malloc(size + 2048);
	struct bcc *b;
	int ret;

	for (size_t at = 0, i = 0; at < size; i++)
		at += sprintf(text + at, "extern int number_%zu; /* %0900d */\n", i, 0);
	strcat(text + size - 8, "int filter(struct __sk_buff *skb) { return 11; }\n");
	ret = bcc_open_text(text, NULL, &b);
	if (ret != 0)
		fail_msg("%d: %.2000s", ret, bcc_error(b));
	assert_int_equal(bcc_program_count(b), 1);
	bcc_close(b);
	memset(text, '(', size);
	ret = bcc_open_text(text, NULL, &b);
	assert_int_equal(ret, -EINVAL);
	assert_true(strlen(bcc_error(b)) > 20);
	bcc_close(b);
	free(text);
}

/* ---- what is reported, and where ---- */

static void keep_warning(void *ctx, enum bcc_log_level level, const char *text)
{
	if (level == BCC_LOG_WARN && strstr(text, "text.c:1:2: warning: look here"))
		++*(int *)ctx;
}

static void test_warnings_go_to_the_log(void **state)
{
	int count = 0;
	struct bcc *b;

	expect_ok(b, bcc_open_text("#warning look here\nint f(void *ctx) { return 0; }\n",
			     &BCC_OPTS(struct bcc_open_opts, .log = keep_warning, .log_ctx = &count), &b));
	bcc_close(b);
	assert_int_equal(count, 1);
}

static void test_nothing_is_printed(void **state)
{
	char path[] = "/tmp/bcc-open-XXXXXX";
	int file = mkstemp(path), out = dup(1), err = dup(2), ret[3];
	struct bcc *b;
	struct stat st;

	fflush(stdout);
	dup2(file, 1);
	dup2(file, 2);
	ret[0] = bcc_open_text("#warning look here\nint f(void *ctx) { return x; }\n", NULL, &b);
	bcc_close(b);
	ret[1] = bcc_open_text(
		"int raw_tracepoint__sys_enter(u64 *ctx) { return *(int *)0; }\n#warning x\n", NULL, &b);
	ret[2] = ret[1] ? 0
			: bcc_program_load(bcc_program_at(b, 0), BCC_PROG_TYPE_AUTO,
				  &BCC_OPTS(struct bcc_load_opts, .prog_flags = 0xff000000));
	bcc_close(b);
	fflush(stdout);
	dup2(out, 1);
	dup2(err, 2);
	close(out);
	close(err);
	assert_int_equal(fstat(file, &st), 0);
	close(file);
	unlink(path);
	assert_int_equal(ret[0], -EINVAL);
	assert_int_equal(ret[1], 0);
	assert_true(ret[2] < 0);
	assert_int_equal(st.st_size, 0);
}

/* ---- what stays ---- */

static int each_fd(int (*fn)(int fd))
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	int sum = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(dir))
			sum += fn(atoi(entry->d_name));
	closedir(dir);
	return sum;
}

static int one(int fd)
{
	return 1;
}

static int is_inherited(int fd)
{
	return !(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

/* Counts the kernel's maps whose name begins with `name`. */
static int count_maps(const char *name)
{
	uint32_t id = 0;
	int count = 0;

	while (bpf_map_get_next_id(id, &id) == 0) {
		struct bpf_map_info info = {0};
		uint32_t size = sizeof(info);
		int fd = bpf_map_get_fd_by_id(id);

		if (fd < 0)
			continue;
		if (bpf_obj_get_info_by_fd(fd, &info, &size) == 0 && strcmp(info.name, name) == 0)
			count++;
		close(fd);
	}
	return count;
}

static void test_many_handles_leave_nothing(void **state)
{
	int before, maps, inherited, rounds = less_if_emulated(200, 3);

	bcc_close(open_test_text(SMALL_TEXT, NULL)); /* what is created once for the process */
	before = each_fd(one);
	inherited = each_fd(is_inherited);
	for (int i = 0; i < rounds; i++) {
		struct bcc *b = open_test_text(SMALL_TEXT, NULL);

		if (bcc_program_load(bcc_program_at(b, 0), BPF_PROG_TYPE_SOCKET_FILTER, NULL) < 0)
			fail_msg("%s", bcc_error(b));
		assert_true(each_fd(one) > before);
		assert_int_equal(each_fd(is_inherited), inherited);
		bcc_close(b);
	}
	assert_int_equal(each_fd(one), before);
	/* the kernel frees maps a moment after their last descriptor is closed, later on a busy machine */
	for (int i = 0; (maps = count_maps("leak_table")) > 0 && i < 1200; i++)
		usleep(50000);
	assert_int_equal(maps, 0);
}

static void test_failures_leave_nothing(void **state)
{
	int before, ret, rounds = less_if_emulated(5, 2);
	struct bcc *b;

	bcc_close(open_test_text(SMALL_TEXT, NULL));
	before = each_fd(one);
	for (int i = 0; i < rounds; i++) {
		/* the first table can be created, the second cannot: a ring buffer consists of whole pages */
		ret = bcc_open_text(
			"BPF_HASH(leak_first, u32);\n"
			"struct { int (*type)[BPF_MAP_TYPE_RINGBUF]; int (*max_entries)[1000]; } leak_second SEC(\".maps\");\n"
			"int f(void *ctx) { return 0; }\n",
			NULL, &b);
		assert_true(ret < 0);
		expect_sentence(b, "table leak_second");
		assert_null(bcc_table_find(b, "leak_first"));
		bcc_close(b);
	}
	assert_int_equal(each_fd(one), before);
}

/* ---- threads ---- */

struct worker {
	pthread_t thread;
	uint32_t number;
	int wrong;
};

static void *work(void *ctx)
{
	struct worker *w = ctx;
	int rounds = less_if_emulated(5, 2);

	for (int i = 0; i < rounds; i++) {
		char define[32];
		const char *flags[] = {define};
		uint64_t value = 0;
		struct bcc *b;

		snprintf(define, sizeof(define), "-DNUMBER=%u", w->number * 100 + i);
		if (bcc_open_text(
			    "BPF_ARRAY(cell, u64, 1);\n"
			    "int filter(struct __sk_buff *skb)\n"
			    "{ u32 zero = 0; u64 n = NUMBER; cell.update(&zero, &n); return NUMBER; }\n",
			    &BCC_OPTS(struct bcc_open_opts, .cflags = flags, .cflags_count = 1), &b) == 0) {
			int fd = bcc_program_load(bcc_program_at(b, 0), BPF_PROG_TYPE_SOCKET_FILTER, NULL);
			char packet[64] = "";
			LIBBPF_OPTS(
				bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet));

			w->wrong += fd < 0 || bpf_prog_test_run_opts(fd, &opts) < 0 ||
				    opts.retval != w->number * 100 + i;
			w->wrong +=
				bcc_table_get(bcc_table_find(b, "cell"), &(uint32_t){0}, 4, &value, 8) != 0;
			w->wrong += value != w->number * 100 + i;
		} else {
			w->wrong++;
			fprintf(stderr, "thread %u: %s\n", w->number, bcc_error(b));
		}
		bcc_close(b);
	}
	return NULL;
}

static void test_threads(void **state)
{
	struct worker workers[4];

	bcc_close(open_test_text(SMALL_TEXT, NULL));
	for (uint32_t i = 0; i < 4; i++) {
		workers[i] = (struct worker){.number = i + 1};
		assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(workers[i].thread, NULL);
		assert_int_equal(workers[i].wrong, 0);
	}
}

/* ---- users and kernels that forbid ---- */

static char complaint[4000];

/* Opens `text`; returns what is wrong unless that fails with `code` and a message with `parts`. */
static const char *expect_in_child(const char *text, int code, const char *const *parts)
{
	struct bcc *b = NULL;
	int ret = bcc_open_text(text, NULL, &b);

	if (ret != code) {
		snprintf(complaint, sizeof(complaint), "%d instead of %d: %s", ret, code, bcc_error(b));
		return complaint;
	}
	for (; *parts; parts++) {
		if (strstr(bcc_error(b), *parts))
			continue;
		snprintf(complaint, sizeof(complaint), "\"%s\" is missing in: %s", *parts, bcc_error(b));
		return complaint;
	}
	bcc_close(b);
	return NULL;
}

static const char *as_nobody(void)
{
	const char *const lacks[] = {"table leak_table", "lacks CAP_BPF CAP_PERFMON", "root", NULL};
	const char *const syntax[] = {"text.c:1:1: error:", NULL};
	const char *wrong;

	if (setgroups(0, NULL) || setgid(65534) || setuid(65534))
		return "cannot become nobody";
	wrong = expect_in_child("!\n", -EINVAL, syntax);
	return wrong ? wrong : expect_in_child(SMALL_TEXT, -EPERM, lacks);
}

static const char *load_as_nobody(void)
{
	struct bcc *b;
	int ret;

	if (setgroups(0, NULL) || setgid(65534) || setuid(65534))
		return "cannot become nobody";
	/* without tables nothing is requested from the kernel before a program is loaded */
	ret = bcc_open_text("int raw_tracepoint__sys_enter(void *ctx) { return 0; }\n", NULL, &b);
	if (ret)
		return bcc_error(b);
	ret = bcc_program_load(bcc_program_at(b, 0), BCC_PROG_TYPE_AUTO, NULL);
	if (ret != -EPERM)
		return "loading is not refused with EPERM";
	return strstr(bcc_error(b), "lacks CAP_BPF CAP_PERFMON") ? NULL : bcc_error(b);
}

static void test_not_root(void **state)
{
	/* the compiler is loaded before the privileges are dropped */
	bcc_close(open_test_text(SMALL_TEXT, NULL));
	in_child(as_nobody);
	in_child(load_as_nobody);
}

/* From now on system call `number` fails with `code` in this process. */
static int forbid(int number, int code)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | code),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {ARRAY_SIZE(filter), filter};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static const char *with_bpf_forbidden(void)
{
	const char *const parts[] = {"table leak_table", "seccomp", NULL};

	if (forbid(SYS_bpf, EPERM))
		return "no seccomp";
	return expect_in_child(SMALL_TEXT, -EPERM, parts);
}

static const char *without_bpf(void)
{
	const char *const parts[] = {"no bpf() system call", NULL};

	if (forbid(SYS_bpf, ENOSYS))
		return "no seccomp";
	return expect_in_child(SMALL_TEXT, -ENOSYS, parts);
}

static void test_bpf_forbidden(void **state)
{
	bcc_close(open_test_text(SMALL_TEXT, NULL));
	in_child(with_bpf_forbidden);
	in_child(without_bpf);
}

static const char tracepoint_text[] = "TRACEPOINT_PROBE(sched, sched_process_exit) { return args->pid; }\n";

/* Nor does the library have a mount of its own: each of its descriptors is another file now, as after a
 * program has closed all. */
static void forget_tracefs(void)
{
	int other = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct statfs fs;

	for (int fd = 3; fd < 1024; fd++)
		if (fstatfs(fd, &fs) == 0 && fs.f_type == TRACEFS_MAGIC)
			dup3(other, fd, O_CLOEXEC);
}

static int hide_tracefs(void)
{
	forget_tracefs();
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -1;
	while (umount2("/sys/kernel/debug/tracing", MNT_DETACH) == 0 ||
		umount2("/sys/kernel/debug", MNT_DETACH) == 0 ||
		umount2("/sys/kernel/tracing", MNT_DETACH) == 0)
		;
	return 0;
}

static const char *without_mounted_tracefs(void)
{
	struct bcc *b;
	int ret;

	if (hide_tracefs())
		return "tracefs cannot be hidden";
	/* the second time with the mount that the first one made */
	for (int i = 0; i < 2; i++) {
		ret = bcc_open_text(tracepoint_text, NULL, &b);
		if (ret)
			return bcc_error(b);
		bcc_close(b);
		if (i == 0 && forbid(SYS_fsopen, EPERM))
			return "fsopen() cannot be forbidden";
	}
	return NULL;
}

static const char *without_any_tracefs(void)
{
	const char *const parts[] = {
		"/sys/kernel/tracing", "/sys/kernel/debug/tracing", "mount -t tracefs", NULL};
	struct bcc *b;
	int ret;

	if (hide_tracefs() || forbid(SYS_fsopen, EPERM))
		return "tracefs cannot be hidden";
	ret = bcc_open_text(tracepoint_text, NULL, &b);
	bcc_close(b);
	return ret == 0 ? "it opens without tracefs" : expect_in_child(tracepoint_text, ret, parts);
}

static void test_tracefs(void **state)
{
	bcc_close(open_test_text(SMALL_TEXT, NULL));
	in_child(without_mounted_tracefs);
	in_child(without_any_tracefs);
}

static int copy_file(const char *from, const char *to)
{
	char command[1024];

	snprintf(command, sizeof(command), "cp -L '%s' '%s'", from, to);
	return system(command);
}

/* A copy of the library without a compiler next to it. */
static void test_no_compiler(void **state)
{
	char folder[] = "/tmp/bcc-open-XXXXXX", path[64];
	int (*open_text)(const char *, const struct bcc_open_opts *, struct bcc **);
	const char *(*error)(const struct bcc *);
	void (*close_handle)(struct bcc *);
	struct bcc *b;
	Dl_info self;
	void *copy;

	assert_true(dladdr((void *)bcc_open_text, &self));
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/libbcc.so.0", folder);
	assert_int_equal(copy_file(self.dli_fname, path), 0);
	copy = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	unlink(path);
	rmdir(folder);
	assert_non_null(copy);
	open_text = (typeof(open_text))dlsym(copy, "bcc_open_text");
	error = (typeof(error))dlsym(copy, "bcc_error");
	close_handle = (typeof(close_handle))dlsym(copy, "bcc_close");
	assert_true(open_text && error && close_handle && open_text != bcc_open_text);
	assert_int_equal(open_text(SMALL_TEXT, NULL, &b), -ELIBACC);
	assert_non_null(strstr(error(b), "bcc-compile"));
	assert_non_null(strstr(error(b), folder));
	close_handle(b);
	dlclose(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_compiler),
		cmocka_unit_test(test_bad_texts),
		cmocka_unit_test(test_names_and_flags),
		cmocka_unit_test(test_options_of_other_versions),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_long_text),
		cmocka_unit_test(test_warnings_go_to_the_log),
		cmocka_unit_test(test_nothing_is_printed),
		cmocka_unit_test(test_many_handles_leave_nothing),
		cmocka_unit_test(test_failures_leave_nothing),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_not_root),
		cmocka_unit_test(test_bpf_forbidden),
		cmocka_unit_test(test_tracefs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
