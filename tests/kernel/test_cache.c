/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that were compiled before: the compiler is not loaded, everything else is the same. Each is opened in
 * a process of its own. */
#include <fcntl.h>
#include <glob.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <bcc/cache.h>

#include "tests/unit/cache_root.h"
#include "testlib.h"

static char wrong[8192];

static void need_root(void)
{
	if (geteuid() != 0)
		test_missing("BPF needs root here");
}

#define WRONG(...) (snprintf(wrong, sizeof(wrong), __VA_ARGS__), wrong)

/* Counts this process's calls of getppid() by the number that user space passed to each. */
static const char count_text[] = "BPF_HASH(calls, u32, u64);\n"
				 "BPF_ARRAY(flag, u64, 1);\n"
				 "TRACEPOINT_PROBE(raw_syscalls, sys_enter)\n"
				 "{\n"
				 "	u32 key = 7;\n"
				 "	if (bpf_get_current_pid_tgid() >> 32 == PID && args->id == CALL)\n"
				 "		calls.increment(key);\n"
				 "	return 0;\n"
				 "}\n";

/* It is a process of its own, and this one's only child. */
static bool compiler_has_run(void)
{
	struct rusage children;

	assert_int_equal(getrusage(RUSAGE_CHILDREN, &children), 0);
	return children.ru_minflt > 0;
}

/* The text's numbers are the same in all processes: otherwise each would have a text of its own. */
static const char *run_count_text(const char *text, bool compiled)
{
	const char *flags[] = {"-DPID=target()", "-DCALL=110"};
	uint64_t value = 0;
	uint32_t key = 7;
	struct bcc *b;
	int ret;

	ret = bcc_open_text(text,
		&BCC_OPTS(struct bcc_open_opts, .name = "count.c", .cflags = flags, .cflags_count = 2), &b);
	if (ret < 0)
		return WRONG("open: %s", bcc_error(b));
	if (compiler_has_run() != compiled)
		return compiled ? "it was not compiled" : "the compiler has run";
	set_table_u64(b, "pid", 0, getpid());
	if (bcc_attach_all(b) != 1)
		return WRONG("attach: %s", bcc_error(b));
	for (int i = 0; i < 5; i++)
		syscall(SYS_getppid);
	ret = bcc_table_get(bcc_table_find(b, "calls"), &key, sizeof(key), &value, sizeof(value));
	if (ret < 0 || value != 5)
		return WRONG("counted %llu: %s", (unsigned long long)value, bcc_error(b));
	if (strcmp(bcc_table_key_type(bcc_table_find(b, "calls")), "u32") != 0)
		return WRONG("the key's type is %s", bcc_table_key_type(bcc_table_find(b, "calls")));
	bcc_close(b);
	return NULL;
}

static const char with_pid[] =
	"BPF_ARRAY(pid, u64, 1);\n"
	"static inline u64 target(void) { int zero = 0; u64 *p = pid.lookup(&zero); return p ? *p : 0; }\n";

static const char *count(bool compiled)
{
	char text[2048];

	snprintf(text, sizeof(text), "%s%s", with_pid, count_text);
	return run_count_text(text, compiled);
}

static const char *count_compiled(void)
{
	return count(true);
}

static const char *count_cached(void)
{
	return count(false);
}

static void test_nothing_of_the_compiler(void **state)
{
	need_root();
#if !defined(__x86_64__)
	test_too_old("the number of getppid() is x86-64's");
#endif
	in_child(count_compiled);
	in_child(count_cached);
	in_child(count_cached);
	assert_int_equal(bcc_cache_clear(), 1);
	in_child(count_compiled);
	setenv("BCC_CACHE", "0", 1);
	in_child(count_compiled);
}

/* ---- what goes into a text beside it ---- */

static const char *include_flag, *kernel_tree;
static char log_text[4096];

static void collect(void *ctx, enum bcc_log_level level, const char *text)
{
	snprintf(log_text + strlen(log_text), sizeof(log_text) - strlen(log_text), "%s", text);
}

/* The text's `value` map has as many entries as VALUE says. */
static int open_value(const char *text, unsigned *entries, bool *compiled)
{
	struct bcc_table_info info = {.size = sizeof(info)};
	struct bcc *b;
	int ret;

	log_text[0] = '\0';
	ret = bcc_open_text(text,
		&BCC_OPTS(struct bcc_open_opts, .cflags = &include_flag, .cflags_count = include_flag ? 1 : 0,
			.kernel_source = kernel_tree, .log = collect),
		&b);
	if (ret < 0)
		WRONG("%s", bcc_error(b));
	else
		bcc_table_info(bcc_table_find(b, "value"), &info);
	bcc_close(b);
	*entries = info.max_entries;
	*compiled = compiler_has_run();
	return ret;
}

static const char *value_text;
static unsigned expected;
static bool expected_compiled;

static const char *check_value(void)
{
	unsigned entries;
	bool compiled;

	if (open_value(value_text, &entries, &compiled) < 0)
		return wrong;
	if (entries != expected)
		return WRONG("%u entries instead of %u", entries, expected);
	if (compiled != expected_compiled)
		return compiled ? "it was compiled again" : "it was not compiled again";
	return NULL;
}

static void expect_entries(unsigned entries, bool compiled)
{
	expected = entries;
	expected_compiled = compiled;
	in_child(check_value);
}

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void test_included_files(void **state)
{
	char flag[128], folder[2][80], path[2][192];

	need_root();
	for (int i = 0; i < 2; i++) {
		snprintf(folder[i], sizeof(folder[i]), "%s/%d", root, i);
		snprintf(path[i], sizeof(path[i]), "%s/value.h", folder[i]);
		assert_int_equal(mkdir(folder[i], 0700), 0);
	}
	value_text = "#include \"0/value.h\"\nBPF_ARRAY(value, int, VALUE);\n";
	snprintf(flag, sizeof(flag), "-I%s", root);
	include_flag = flag;
	write_text(path[0], "#define VALUE 10\n");
	expect_entries(10, true);
	expect_entries(10, false);
	write_text(path[0], "#define VALUE 11\n");
	expect_entries(11, true);
	expect_entries(11, false);
	/* a file that did not exist, in a directory that is searched first */
	value_text =
		"#if __has_include(\"1/value.h\")\n#include \"1/value.h\"\n#else\n#define VALUE 20\n#endif\n"
		"BPF_ARRAY(value, int, VALUE);\n";
	expect_entries(20, true);
	expect_entries(20, false);
	write_text(path[1], "#define VALUE 21\n");
	expect_entries(21, true);
	expect_entries(21, false);
	unlink(path[1]);
	expect_entries(20, true);
	include_flag = NULL;
}

static void test_time_of_compilation(void **state)
{
	need_root();
	value_text = "BPF_ARRAY(value, int, sizeof(__TIME__));\n";
	expect_entries(9, true);
	expect_entries(9, true);
	value_text = "BPF_ARRAY(value, int, 9);\n";
	expect_entries(9, true);
	expect_entries(9, false);
}

static const char *check_warning(void)
{
	unsigned entries;
	bool compiled;

	if (open_value(value_text, &entries, &compiled) < 0)
		return wrong;
	if (!strstr(log_text, "text.c:2") || !strstr(log_text, "mind this"))
		return WRONG("said: %s", log_text);
	return compiled == expected_compiled ? NULL : "not as expected from the cache or compiled";
}

static void test_warnings_again(void **state)
{
	need_root();
	value_text = "BPF_ARRAY(value, int, 9);\n#warning mind this\n";
	expected_compiled = true;
	in_child(check_warning);
	expected_compiled = false;
	in_child(check_warning);
}

static const char *check_refused(void)
{
	unsigned entries;
	bool compiled;

	if (open_value("BPF_ARRAY(value, int, NOT_DEFINED);\n", &entries, &compiled) != -EINVAL)
		return "it was opened";
	return compiled ? NULL : "it was not compiled";
}

static void test_failures_are_not_kept(void **state)
{
	need_root();
	in_child(check_refused);
	in_child(check_refused);
}

/* ---- places where nothing can be stored ---- */

static const char *on_full_disk(void)
{
	const char *said;
	FILE *filler;

	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return "no mount namespace";
	mkdir(directory, 0700);
	if (mount("none", directory, "tmpfs", 0, "size=16k,mode=700"))
		return "no tmpfs";
	expected = 9;
	expected_compiled = true;
	said = check_value();
	if (said)
		return said;
	snprintf(wrong, sizeof(wrong), "%s/x", directory);
	filler = fopen(wrong, "w");
	if (!filler)
		return "what could not be kept was not removed";
	fclose(filler);
	return NULL;
}

static const char *on_read_only_disk(void)
{
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return "no mount namespace";
	mkdir(directory, 0700);
	if (mount("none", directory, "tmpfs", MS_RDONLY, NULL))
		return "no tmpfs";
	return check_value();
}

static void test_disk_that_takes_nothing(void **state)
{
	need_root();
	value_text = "BPF_ARRAY(value, int, 9);\n";
	expected = 9;
	expected_compiled = true;
	in_child(on_full_disk);
	in_child(on_full_disk);
	in_child(on_read_only_disk);
	in_child(on_read_only_disk);
	expect_entries(9, true);
	expect_entries(9, false);
}

/* Many at once, in processes that start without a cache. */
static void test_processes_at_once(void **state)
{
	pid_t children[4];
	int status;

	need_root();
	value_text = "BPF_ARRAY(value, int, 9);\n";
	for (int i = 0; i < 4; i++) {
		children[i] = fork();
		assert_true(children[i] >= 0);
		if (children[i] == 0) {
			unsigned entries;
			bool compiled;

			_exit(open_value(value_text, &entries, &compiled) < 0 || entries != 9);
		}
	}
	for (int i = 0; i < 4; i++) {
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
	expect_entries(9, false);
	assert_int_equal(bcc_cache_clear(), 1);
}

/* A tree that is given by a link, which then leads to another. */
static void test_kernel_headers(void **state)
{
	unsigned minor[2];
	char link[128];
	glob_t trees = {0};

	need_root();
	if (glob("/usr/src/linux-headers-6.*-amd64", 0, NULL, &trees) || trees.gl_pathc < 2) {
		globfree(&trees);
		test_too_old("there are no kernel headers of two versions in /usr/src");
	}
	for (int i = 0; i < 2; i++)
		assert_int_equal(sscanf(trees.gl_pathv[i], "/usr/src/linux-headers-6.%u", &minor[i]), 1);
	snprintf(link, sizeof(link), "%s/tree", root);
	assert_int_equal(symlink(trees.gl_pathv[0], link), 0);
	kernel_tree = link;
	value_text = "#include <linux/version.h>\n"
		     "BPF_ARRAY(value, int, 1 + (LINUX_VERSION_CODE >> 8 & 255));\n";
	expect_entries(1 + minor[0], true);
	expect_entries(1 + minor[0], false);
	unlink(link);
	assert_int_equal(symlink(trees.gl_pathv[1], link), 0);
	expect_entries(1 + minor[1], true);
	expect_entries(1 + minor[1], false);
	kernel_tree = NULL;
	globfree(&trees);
}

int main(void)
{
#define CACHE_TEST(f) cmocka_unit_test_setup_teardown(f, make_root, remove_root)
	const struct CMUnitTest tests[] = {
		CACHE_TEST(test_nothing_of_the_compiler),
		CACHE_TEST(test_included_files),
		CACHE_TEST(test_time_of_compilation),
		CACHE_TEST(test_warnings_again),
		CACHE_TEST(test_failures_are_not_kept),
		CACHE_TEST(test_disk_that_takes_nothing),
		CACHE_TEST(test_processes_at_once),
		CACHE_TEST(test_kernel_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
