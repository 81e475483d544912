/* SPDX-License-Identifier: Apache-2.0 */
/* A host or its compiler is killed at any moment: while it compiles, loads, attaches or writes the cache that
 * several share. Nothing stays in the kernel, no process, and no file outside the cache, which stays usable.
 * BCC_TEST_KILLS says how often; by default it is a short run. */
#include "compiler_child.h"

#include <bpf/bpf.h>
#include <limits.h>
#include <linux/perf_event.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <bcc/cache.h>

#define PATIENCE_SECONDS 120 /* for what the kernel removes later; also on a machine that is very busy */
#define HOSTS 2		     /* share the cache */
#define MOST_US 60000	     /* a cold compilation and all that follows takes less */
#define KILLS 10

static char prefix[BPF_OBJ_NAME_LEN]; /* that the names of all programs and tables begin with */
static char text[1024];
static char scratch[] = "/tmp/bcc-killed-XXXXXX";

static unsigned killed_random(unsigned limit)
{
	unsigned number = 0;

	assert_int_equal(getrandom(&number, sizeof(number), 0), sizeof(number));
	return number % limit;
}

static void killed_rest(unsigned microseconds)
{
	nanosleep(&(struct timespec){.tv_nsec = microseconds * 1000L}, NULL);
}

static void killed_make_text(void)
{
	snprintf(prefix, sizeof(prefix), "k%x_", getpid());
	snprintf(text, sizeof(text),
		"BPF_HASH(%1$sh, u32, u64);\n"
		"BPF_ARRAY(%1$sa, u64, 4);\n"
		"BPF_PERF_OUTPUT(%1$se);\n"
		"int %1$sr(void *ctx) { u32 k = N; if (bpf_get_current_pid_tgid() >> 32 == N) %1$sh.increment(k); return 0; }\n"
		"int %1$sp(struct bpf_perf_event_data *ctx) { int k = 1; %1$se.perf_submit(ctx, &k, sizeof(k));\n"
		"	struct task_struct *t = (void *)bpf_get_current_task();\n"
		"	%1$sa.increment(k); return t->pid == N; }\n",
		prefix);
}

/* ---- a host ---- */

static int killed_attach(struct bcc *b)
{
	char program[32];
	int ret;

	snprintf(program, sizeof(program), "%sr", prefix);
	ret = bcc_attach_raw_tracepoint(b, program, "sched_process_exit", NULL);
	if (ret < 0)
		return ret;
	snprintf(program, sizeof(program), "%sp", prefix);
	return bcc_attach_perf_event(b, program,
		&BCC_OPTS(struct bcc_perf_event_opts, .type = PERF_TYPE_SOFTWARE,
			.config = PERF_COUNT_SW_CONTEXT_SWITCHES, .sample_period = 1, .pid = getpid(),
			.cpu = -1),
		NULL);
}

/* Each second text is in the cache. A compiler that was killed is an error, and not the end. */
static void killed_host(void)
{
	for (unsigned round = 0;; round++) {
		char flag[32];
		const char *const flags[] = {flag};
		struct bcc *b;
		int ret;

		snprintf(flag, sizeof(flag), "-DN=%u", round % 2 ? 1 : killed_random(1u << 30));
		ret = bcc_open_text(
			text, &BCC_OPTS(struct bcc_open_opts, .cflags = flags, .cflags_count = 1), &b);
		if (ret == 0)
			ret = killed_attach(b);
		if (ret < 0 && !(ret == -EIO && strstr(bcc_error(b), "the compiler was killed (SIGKILL)"))) {
			fprintf(stderr, "in a host: %d: %s\n", ret, bcc_error(b));
			_exit(1);
		}
		bcc_close(b);
	}
}

static pid_t killed_begin_host(void)
{
	pid_t host = fork();

	assert_true(host >= 0);
	if (host == 0)
		killed_host();
	return host;
}

static void killed_end_host(pid_t host)
{
	int status;

	kill(host, SIGKILL);
	assert_int_equal(waitpid(host, &status, 0), host);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		fail_msg("a host has ended by itself: status %#x", status);
}

/* ---- what is left ---- */

static bool killed_is_our_program(int fd)
{
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &size) == 0 &&
	       strncmp(info.name, prefix, strlen(prefix)) == 0;
}

static bool killed_is_our_map(int fd)
{
	struct bpf_map_info info = {0};
	uint32_t size = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &size) == 0 &&
	       strncmp(info.name, prefix, strlen(prefix)) == 0;
}

static int killed_count(int (*next)(uint32_t, uint32_t *), int (*open_id)(uint32_t), bool (*is_ours)(int fd))
{
	uint32_t id = 0;
	int count = 0;

	while (next(id, &id) == 0) {
		int fd = open_id(id);

		if (fd < 0)
			continue;
		count += is_ours(fd);
		close(fd);
	}
	return count;
}

/* A link would keep its program. */
static int killed_count_left(void)
{
	return killed_count(bpf_prog_get_next_id, bpf_prog_get_fd_by_id, killed_is_our_program) +
	       killed_count(bpf_map_get_next_id, bpf_map_get_fd_by_id, killed_is_our_map);
}

/* The kernel frees after the process has ended. */
static void killed_expect_none_left(void)
{
	time_t end = time(NULL) + PATIENCE_SECONDS;
	int left;

	while ((left = killed_count_left()) && time(NULL) < end)
		killed_rest(10000);
	if (left)
		fail_msg("%d programs and tables are left in the kernel", left);
}

/* Compilers whose host was killed are this process's now. */
static void killed_expect_no_processes(void)
{
	time_t end = time(NULL) + PATIENCE_SECONDS;
	pid_t ended;

	while ((ended = waitpid(-1, NULL, WNOHANG)) >= 0 && time(NULL) < end)
		if (!ended)
			killed_rest(10000);
	if (ended >= 0)
		fail_msg("a process is left");
	assert_int_equal(errno, ECHILD);
}

static int killed_count_entries(const char *path)
{
	DIR *dir = opendir(path);
	int count = -2; /* . and .. */

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

/* ---- the test ---- */

/* With the names that the hosts' have: that these are counted is certain then. */
static void killed_expect_works(void)
{
	const char *const flags[] = {"-DN=1"};
	struct bcc *b;

	expect_ok(b,
		bcc_open_text(text, &BCC_OPTS(struct bcc_open_opts, .cflags = flags, .cflags_count = 1), &b));
	expect_ok(b, killed_attach(b));
	assert_int_equal(killed_count_left(), 5);
	bcc_close(b);
}

static void killed_once(pid_t *host)
{
	pid_t compiler = 0;

	killed_rest(killed_random(MOST_US));
	if (killed_random(2))
		for (int tries = 0; !compiler && tries < 50; tries++)
			compiler = find_compiler_of(*host);
	if (compiler) {
		/* of a process whose parent is still alive, and does not wait for others */
		kill(compiler, SIGKILL);
		return;
	}
	killed_end_host(*host);
	*host = killed_begin_host();
}

static void test_killed(void **state)
{
	const char *count = getenv("BCC_TEST_KILLS");
	long kills = count ? strtol(count, NULL, 10) : KILLS;
	pid_t hosts[HOSTS];

	if (geteuid() != 0)
		test_missing("BPF needs root here");
	killed_expect_works();
	for (int i = 0; i < HOSTS; i++)
		hosts[i] = killed_begin_host();
	for (long i = 0; i < kills; i++)
		killed_once(&hosts[killed_random(HOSTS)]);
	for (int i = 0; i < HOSTS; i++)
		killed_end_host(hosts[i]);
	killed_expect_no_processes();
	killed_expect_none_left();
	killed_expect_works();
	killed_expect_none_left();
	/* only the cache, which has no files but its own */
	assert_int_equal(killed_count_entries(scratch), 1);
	assert_true(bcc_cache_clear() > 0);
	assert_int_equal(killed_count_entries("cache"), 0);
}

/* Everything that may be written goes to a new folder. */
static int killed_setup(void **state)
{
	char cache[PATH_MAX];

	killed_make_text();
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	if (!mkdtemp(scratch) || chdir(scratch) || mkdir("cache", 0700))
		return -1;
	snprintf(cache, sizeof(cache), "%s/cache", scratch);
	setenv("TMPDIR", scratch, 1);
	setenv("BCC_CACHE", "1", 1);
	setenv("BCC_CACHE_DIR", cache, 1);
	return 0;
}

static int killed_teardown(void **state)
{
	return rmdir("cache") || chdir("/") || rmdir(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_killed, killed_setup, killed_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
