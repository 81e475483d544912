/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a tool or example of this build as a child, with a workload of known actions beside it, and reads its
 * output. */
#ifndef TESTS_KERNEL_TOOL_RUN_H
#define TESTS_KERNEL_TOOL_RUN_H

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

struct tool_run {
	pid_t pid;
	int out, err;
	char *text; /* all of stdout so far, NUL-terminated */
	size_t size;
	char *errors; /* stderr, after the end */
	int status;   /* exit status after the end, 128 + signal if killed */
};

static inline double tool_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/* The build directory is two levels above this program. */
static inline void tool_path(char *path, size_t size, const char *name)
{
	char self[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	assert_true(length > 0);
	self[length] = '\0';
	for (int i = 0; i < 3; i++)
		*strrchr(self, '/') = '\0';
	assert_true(snprintf(path, size, "%s/%s", self, name) < (int)size);
}

/* A cache for the tools of this program: each is compiled once. It goes with the program. */
static char tool_cache[] = "/tmp/bcc-tool-cache-XXXXXX";

static inline int tool_cache_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static inline void tool_cache_remove(void)
{
	nftw(tool_cache, tool_cache_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static inline void tool_cache_make(void)
{
	static bool made;

	if (made)
		return;
	assert_non_null(mkdtemp(tool_cache));
	assert_int_equal(atexit(tool_cache_remove), 0);
	made = true;
}

/* Starts `name` ("tools/opensnoop") with arguments, terminated by NULL; as `user` if that is not 0. */
static inline void tool_start_as(struct tool_run *run, uid_t user, const char *name, ...)
{
	char path[PATH_MAX], *argv[32] = {path};
	int out[2], err[2];
	va_list args;

	*run = (struct tool_run){.text = calloc(1, 1)};
	tool_cache_make();
	tool_path(path, sizeof(path), name);
	va_start(args, name);
	for (int i = 1; i < 31 && (argv[i] = va_arg(args, char *)); i++)
		;
	va_end(args);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	assert_int_equal(pipe2(err, O_CLOEXEC), 0);
	run->pid = fork();
	assert_true(run->pid >= 0);
	if (!run->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		unsetenv("BCC_CACHE");
		setenv("BCC_CACHE_DIR", tool_cache, 1);
		dup2(out[1], STDOUT_FILENO);
		dup2(err[1], STDERR_FILENO);
		if (user && (setgid(user) || setuid(user)))
			_exit(126);
		execv(path, argv);
		_exit(127);
	}
	close(out[1]);
	close(err[1]);
	run->out = out[0];
	run->err = err[0];
}
#define tool_start(run, ...) tool_start_as(run, 0, __VA_ARGS__, NULL)

/* Reads what arrives within `ms`. Returns false at the end of the output. */
static inline bool tool_read(struct tool_run *run, int ms)
{
	struct pollfd fd = {.fd = run->out, .events = POLLIN};
	char buf[65536];
	ssize_t n;

	if (poll(&fd, 1, ms) <= 0)
		return true;
	n = read(run->out, buf, sizeof(buf));
	if (n <= 0)
		return false;
	run->text = realloc(run->text, run->size + n + 1);
	assert_non_null(run->text);
	memcpy(run->text + run->size, buf, n);
	run->size += n;
	run->text[run->size] = '\0';
	return true;
}

static inline bool tool_has_line(const struct tool_run *run, const char *line)
{
	size_t length = strlen(line);

	for (const char *at = run->text; (at = strstr(at, line)); at++)
		if ((at == run->text || at[-1] == '\n') && at[length] == '\n')
			return true;
	return false;
}

static inline int tool_count_lines(const struct tool_run *run)
{
	int n = 0;

	for (const char *at = run->text; (at = strchr(at, '\n')); at++)
		n++;
	return n;
}

static inline void tool_read_errors(struct tool_run *run)
{
	size_t size = 0;
	FILE *f = open_memstream(&run->errors, &size);
	char buf[4096];
	ssize_t n;

	while ((n = read(run->err, buf, sizeof(buf))) > 0)
		fwrite(buf, 1, n, f);
	fclose(f);
}

/* The leak sanitizer's own tracer sometimes fails where a compiler has been loaded. That has nothing to do
 * with the tool, which was done by then. */
static inline void tool_forgive_sanitizer(struct tool_run *run)
{
	char *tracer = strstr(run->errors, "Tracer caught signal");

	if (tracer && strstr(tracer, "LeakSanitizer has encountered a fatal error")) {
		*tracer = '\0';
		run->status = 0;
	}
}

/* Waits for the end, which must happen within `seconds`. */
static inline void tool_end(struct tool_run *run, double seconds)
{
	double end = tool_now() + seconds;
	int status;

	while (tool_now() < end && tool_read(run, 100))
		;
	if (tool_now() >= end)
		kill(run->pid, SIGKILL);
	assert_int_equal(waitpid(run->pid, &status, 0), run->pid);
	run->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	tool_read_errors(run);
	tool_forgive_sanitizer(run);
	close(run->out);
	close(run->err);
}

/* Waits until the tool prints `line`: it is attached then. */
static inline void tool_wait_line(struct tool_run *run, const char *line)
{
	double end = tool_now() + 120;

	while (!tool_has_line(run, line)) {
		if (tool_now() < end && tool_read(run, 1000))
			continue;
		tool_end(run, 0);
		fail_msg("no line '%s'; stdout:\n%s\nstderr:\n%s\n", line, run->text, run->errors);
	}
}

/* Ends it as a user does, and checks that it ends cleanly. */
static inline void tool_stop(struct tool_run *run, int signal)
{
	kill(run->pid, signal);
	tool_end(run, 60);
	if (run->status)
		fail_msg("status %d after signal %d; stderr:\n%s\n", run->status, signal, run->errors);
}

static inline void tool_free(struct tool_run *run)
{
	free(run->text);
	free(run->errors);
}

/* The line of an output that begins at `at`, without its end; `at` is the next one then. */
static inline char *tool_next_line(char **at)
{
	char *line = strsep(at, "\n");

	if (!line || !*at)
		fail_msg("a line is missing");
	return line ? line : "";
}

/* The output must be exactly this; shows both if it is not. */
static inline void tool_assert_output(const struct tool_run *run, const char *expected)
{
	if (strcmp(run->text, expected))
		fail_msg("output:\n%s\nexpected:\n%s\nstderr:\n%s\n", run->text, expected, run->errors);
}

/* A tool with at most two arguments ends by itself with this status, writes nothing but errors, and `says`
 * so: "" is any sentence. */
static inline void tool_expect_end(
	int status, const char *says, const char *tool, const char *first, const char *second)
{
	struct tool_run run;

	tool_start(&run, tool, first, second);
	tool_end(&run, 60);
	if (run.status != status || !strstr(run.errors, says))
		fail_msg("%s %s %s: status %d; stderr:\n%s", tool, first ? first : "", second ? second : "",
			run.status, run.errors);
	assert_string_equal(run.text, "");
	tool_free(&run);
}

/* Counts of events, which are exact in virtual machines. Kernels that preempt programs do not run one on a
 * CPU where a task that has been preempted is in the midst of it: on a busy host some events are missing. */
static inline bool tool_is_count(long number, long exact)
{
	if (getenv("BCC_TEST_NO_SKIP"))
		return number == exact;
	return number >= exact / 2 && number <= exact + exact / 2;
}

static inline void tool_assert_count(long number, long exact)
{
	if (!tool_is_count(number, exact))
		fail_msg("%ld is not %ld", number, exact);
}

/* A tool that goes on when its process has ended has said so, if it was not stopped before, and nothing
 * else. */
static inline void tool_assert_outlived(const struct tool_run *run, const char *tool, pid_t pid)
{
	char expected[128];

	snprintf(expected, sizeof(expected), "%s: process %d has ended\n", tool, pid);
	if (*run->errors)
		assert_string_equal(run->errors, expected);
}

/* The output must be exactly this, but for counts that the kernel has skipped. */
static inline void tool_assert_counts(const struct tool_run *run, const char *expected)
{
	const char *a = run->text, *b = expected;

	while (*a && *b) {
		char *after_a, *after_b;
		long x = strtol(a, &after_a, 10), y = strtol(b, &after_b, 10);

		if (after_a == a || after_b == b || !tool_is_count(x, y)) {
			if (*a != *b)
				break;
			a++;
			b++;
		} else {
			a = after_a;
			b = after_b;
		}
	}
	if (*a || *b)
		tool_assert_output(run, expected);
}

/* Each line but the first begins with a time of day. It is checked and cut off, with all `width` bytes of the
 * column. */
static inline void tool_cut_times(struct tool_run *run, size_t width)
{
	char *to = run->text;

	for (char *line = run->text, *next; *line; line = next) {
		int hours, minutes, seconds, length = 0;

		if (line > run->text) {
			assert_int_equal(
				sscanf(line, "%2d:%2d:%2d%n", &hours, &minutes, &seconds, &length), 3);
			assert_int_equal(length, 8);
		}
		next = strchr(line, '\n') + 1;
		assert_true((size_t)(next - line) > width);
		memmove(to, line + width, next - line - width);
		to += next - line - width;
	}
	*to = '\0';
	run->size = to - run->text;
}

/* ---- a process that waits for a command, does its work, and ends ---- */

struct workload {
	pid_t pid;
	int go;
	double seconds; /* that its work took, and its end: no time that is shown of it can be longer */
};

/* `action` runs in the child after workload_go(). */
static inline void workload_new(struct workload *w, const char *comm, void (*action)(void *ctx), void *ctx)
{
	int fds[2];
	char c;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	w->pid = fork();
	assert_true(w->pid >= 0);
	if (!w->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, comm);
		close(fds[1]);
		if (read(fds[0], &c, 1) == 1)
			action(ctx);
		_exit(0);
	}
	close(fds[0]);
	w->go = fds[1];
}

static inline void workload_go(struct workload *w)
{
	int status;

	w->seconds = -tool_now();
	assert_int_equal(write(w->go, "g", 1), 1);
	close(w->go);
	assert_int_equal(waitpid(w->pid, &status, 0), w->pid);
	w->seconds += tool_now();
	assert_int_equal(status, 0);
}

static inline char *number_text(char *buf, long number)
{
	sprintf(buf, "%ld", number);
	return buf;
}

/* Appends to a text that is being built. */
static inline void add(char *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline void add(char *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsprintf(text + strlen(text), format, args);
	va_end(args);
}

#endif
