/* SPDX-License-Identifier: Apache-2.0 */
/* gethostlatency shows each lookup of a process that makes known ones, in the C library of all and in one of
 * its own. */
#include <dlfcn.h>
#include <netdb.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>

#include "tool_run.h"

#define GETHOSTLATENCY "tools/gethostlatency"
#define HEADER "TIME      PID     COMM                  LATms HOST"
#define HOSTILE "a\x1b[2J\nb"
#define LONG_NAME 300

enum { LOOKUPS = 10 };

struct lookup {
	const char *call, *host, *shown, *result;
	double ms; /* as the caller measured it; unshown if 0 */
};

/* All without a network, which would be another one's. */
static struct lookup *lookups;
static char long_name[LONG_NAME + 1], cut_name[256];

static int by_address(const char *host, const char *service, int family, int flags)
{
	struct addrinfo hints = {.ai_family = family, .ai_flags = flags}, *found = NULL;
	int ret = getaddrinfo(host, service, &hints, &found);

	if (!ret)
		freeaddrinfo(found);
	return ret;
}

static const char *by_name_r(const char *host)
{
	struct hostent entry, *found = NULL;
	char buffer[4096];
	int why;

	gethostbyname_r(host, &entry, buffer, sizeof(buffer), &found, &why);
	return found ? "OK" : "FAILED";
}

static const char *by_name2_r(const char *host, int family)
{
	struct hostent entry, *found = NULL;
	char buffer[4096];
	int why;

	gethostbyname2_r(host, family, &entry, buffer, sizeof(buffer), &found, &why);
	return found ? "OK" : "FAILED";
}

#define LOOK_UP(call_, host_, shown_, result_)                                                               \
	do {                                                                                                 \
		double begin_ = tool_now();                                                                  \
		struct lookup l_ = {.call = call_, .host = host_, .shown = shown_, .result = (result_)};     \
		l_.ms = (tool_now() - begin_) * 1e3;                                                         \
		*l++ = l_;                                                                                   \
	} while (0)

static void look_up(void *ctx)
{
	struct lookup *l = lookups;

	if (unshare(CLONE_NEWNET))
		_exit(1);
	by_address(NULL, "80", AF_INET, 0);
	LOOK_UP("getaddrinfo", "127.0.0.1", "127.0.0.1",
		by_address("127.0.0.1", NULL, AF_INET, 0) ? "?" : "OK");
	LOOK_UP("getaddrinfo", "::1", "::1", by_address("::1", NULL, AF_INET6, 0) ? "?" : "OK");
	LOOK_UP("getaddrinfo", HOSTILE, "a\\x1b[2J\\nb",
		by_address(HOSTILE, NULL, AF_INET, AI_NUMERICHOST) == EAI_NONAME ? "EAI_NONAME" : "?");
	LOOK_UP("getaddrinfo", long_name, cut_name,
		by_address(long_name, NULL, AF_INET, AI_NUMERICHOST) == EAI_NONAME ? "EAI_NONAME" : "?");
	LOOK_UP("getaddrinfo", "localhost", "localhost",
		by_address("localhost", NULL, 99, 0) == EAI_FAMILY ? "EAI_FAMILY" : "?");
	LOOK_UP("gethostbyname", "127.0.0.2", "127.0.0.2", gethostbyname("127.0.0.2") ? "OK" : "?");
	/* with another of these functions inside */
	LOOK_UP("gethostbyname", "localhost", "localhost", gethostbyname("localhost") ? "OK" : "FAILED");
	LOOK_UP("gethostbyname2", "nosuch.invalid", "nosuch.invalid",
		gethostbyname2("nosuch.invalid", AF_INET6) ? "?" : "FAILED");
	LOOK_UP("gethostbyname_r", "127.0.0.3", "127.0.0.3", by_name_r("127.0.0.3"));
	LOOK_UP("gethostbyname2_r", "nosuch.invalid", "nosuch.invalid",
		by_name2_r("nosuch.invalid", AF_INET6));
}

static void make_lookups(void)
{
	memset(long_name, 'x', LONG_NAME);
	memset(cut_name, 'x', sizeof(cut_name) - 1);
	if (!lookups)
		lookups = mmap(NULL, LOOKUPS * sizeof(*lookups), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memset(lookups, 0, LOOKUPS * sizeof(*lookups));
}

/* Compares all rows but for the time of day, and the latency with what the caller measured. */
static void check_rows(struct tool_run *run, pid_t pid, bool failed)
{
	const char *row = strchr(run->text, '\n') + 1;

	for (int i = 0; i < LOOKUPS; i++) {
		const struct lookup *l = &lookups[i];
		char expected[512];
		double ms;
		int hours, minutes, seconds;

		assert_string_not_equal(l->result, "?");
		if (failed && !strcmp(l->result, "OK"))
			continue;
		if (sscanf(row, "%2d:%2d:%2d  %*d %*s %lf", &hours, &minutes, &seconds, &ms) != 4)
			fail_msg("row %d:\n%s", i, run->text);
		assert_true(ms >= 0 && ms <= l->ms + 0.01);
		sprintf(expected, "  %-7d %-16s %10.2f ", pid, "resolver", ms);
		if (failed)
			add(expected, "%-14s ", l->result);
		add(expected, "%s\n", l->shown);
		if (strncmp(row + 8, expected, strlen(expected)))
			fail_msg("row %d:\n%s\nexpected:\n%s", i, row, expected);
		row = strchr(row, '\n') + 1;
	}
	assert_string_equal(row, "");
}

static void check_json(struct tool_run *run, pid_t pid)
{
	const char *row = strchr(run->text, '\n') + 1;

	for (int i = 0; i < LOOKUPS; i++, row = strchr(row, '\n') + 1) {
		const struct lookup *l = &lookups[i];
		const char *at = strstr(row, ",\"pid\":");
		char expected[512];
		int found, end = 0;
		long ns;

		assert_non_null(at);
		assert_int_equal(
			sscanf(at, ",\"pid\":%d,\"comm\":\"resolver\",\"lat_ns\":%ld,%n", &found, &ns, &end),
			2);
		assert_int_equal(found, pid);
		assert_true(ns > 0 && ns <= l->ms * 1e6);
		sprintf(expected, "\"host\":\"%s\",\"result\":\"%s\",\"call\":\"%s\"}\n",
			strcmp(l->host, HOSTILE) ? l->shown : "a\\u001b[2J\\nb", l->result, l->call);
		if (strncmp(at + end, expected, strlen(expected)))
			fail_msg("row %d:\n%s\nexpected:\n%s", i, at + end, expected);
	}
	assert_string_equal(row, "");
}

/* All at the same time. */
static void test_rows(void **state)
{
	enum { ROWS, FAILED, LIBRARY, JSON, RUNS };
	struct tool_run runs[RUNS];
	struct workload w;
	Dl_info info;
	char pid[16];

	make_lookups();
	workload_new(&w, "resolver", look_up, NULL);
	number_text(pid, w.pid);
	assert_true(dladdr((void *)getaddrinfo, &info));
	tool_start(&runs[ROWS], GETHOSTLATENCY, "-p", pid);
	/* it is compiled once */
	tool_wait_line(&runs[ROWS], HEADER);
	tool_start(&runs[FAILED], GETHOSTLATENCY, "-p", pid, "-x");
	tool_start(&runs[LIBRARY], GETHOSTLATENCY, "-p", pid, "-l", info.dli_fname);
	tool_start(&runs[JSON], GETHOSTLATENCY, "-p", pid, "--json");
	tool_wait_line(&runs[FAILED], "TIME      PID     COMM                  LATms RESULT         HOST");
	tool_wait_line(&runs[LIBRARY], HEADER);
	while (!strchr(runs[JSON].text, '\n'))
		assert_true(tool_read(&runs[JSON], 60000));
	workload_go(&w);
	for (int i = 0; i < RUNS; i++)
		kill(runs[i].pid, SIGINT);
	for (int i = 0; i < RUNS; i++) {
		tool_end(&runs[i], 60);
		assert_string_equal(runs[i].errors, "");
		assert_int_equal(runs[i].status, 0);
	}
	check_rows(&runs[ROWS], w.pid, false);
	check_rows(&runs[FAILED], w.pid, true);
	check_rows(&runs[LIBRARY], w.pid, false);
	check_json(&runs[JSON], w.pid);
	for (int i = 0; i < RUNS; i++)
		tool_free(&runs[i]);
}

/* ---- a C library that only one process sees ---- */

static char folder[] = "/tmp/gethostlatency-XXXXXX";

static void become_contained(void *ctx)
{
	char self[PATH_MAX] = "", command[PATH_MAX * 2];
	Dl_info info;

	if (!dladdr((void *)getaddrinfo, &info) || unshare(CLONE_NEWNS) ||
		mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mount("none", folder, "tmpfs", 0, NULL))
		_exit(1);
	snprintf(command, sizeof(command), "cp -L %s %s/libc.so.6", info.dli_fname, folder);
	if (system(command) || readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		_exit(1);
	setenv("LD_LIBRARY_PATH", folder, 1);

	execl(self, "contained", "--contained", NULL);
	_exit(1);
}

/* In the process with its own library: says that it has it, waits, looks up. */
static int contained(void)
{
	Dl_info info;
	char c;

	if (!dladdr((void *)getaddrinfo, &info) || strncmp(info.dli_fname, "/tmp/", 5))
		return 1;
	if (write(STDOUT_FILENO, "r", 1) != 1 || read(STDIN_FILENO, &c, 1) != 1)
		return 1;
	return by_address("127.0.0.9", NULL, AF_INET, 0);
}

static void test_container(void **state)
{
	int in[2], out[2], status;
	struct tool_run all, one;
	char name[16], c;
	Dl_info info;
	pid_t pid;

	assert_non_null(mkdtemp(folder));
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		become_contained(NULL);
	}
	close(out[1]);
	assert_int_equal(read(out[0], &c, 1), 1);
	number_text(name, pid);
	assert_true(dladdr((void *)getaddrinfo, &info));
	tool_start(&all, GETHOSTLATENCY, "-p", name, "--columns", "pid,host");
	tool_start(&one, GETHOSTLATENCY, "-p", name, "--columns", "pid,host", "-l", info.dli_fname);
	tool_wait_line(&all, "PID     HOST");
	tool_wait_line(&one, "PID     HOST");
	assert_int_equal(write(in[1], "g", 1), 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	tool_stop(&all, SIGINT);
	tool_stop(&one, SIGINT);
	assert_string_equal(one.text, "PID     HOST\n");
	assert_int_equal(tool_count_lines(&all), 2);
	assert_non_null(strstr(all.text, " 127.0.0.9\n"));
	tool_free(&all);
	tool_free(&one);
	close(in[0]);
	close(in[1]);
	close(out[0]);
	rmdir(folder);
}

static void test_refused(void **state)
{
	static const char *const wrong[] = {"/nonexistent", "/proc/self/exe", "/etc/passwd"};
	struct tool_run run;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		tool_start(&run, GETHOSTLATENCY, "-l", wrong[i]);
		tool_end(&run, 60);
		assert_int_equal(run.status, 1);
		assert_string_equal(run.text, "");
		assert_memory_equal(run.errors, "gethostlatency: ", 16);
		tool_free(&run);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_container),
		cmocka_unit_test(test_refused),
	};

	if (argc == 2 && !strcmp(argv[1], "--contained"))
		return contained();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
