/* SPDX-License-Identifier: Apache-2.0 */
/* oomkill shows a process that is killed because another one of its control group needs memory. */
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>

#include "testlib.h"
#include "tool_run.h"

#define OOMKILL "tools/oomkill"
#define TITLE "Tracing OOM kills... Ctrl-C to stop."

enum { MB = 1024 * 1024, LIMIT = 24 * MB, VICTIM = 12 * MB, NEEDED = 18 * MB };

/* A control group of this program, in a file system that is mounted for it alone. */
static char folder[] = "/tmp/bcc-oom-XXXXXX", group[64], group_name[32];

static bool write_file(const char *directory, const char *name, const char *text)
{
	char path[256];
	bool written;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return false;
	written = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return written;
}

/* Of version 2, if that is where memory is controlled, else of version 1. */
static bool make_group(void)
{
	char limit[32];

	sprintf(limit, "%d", LIMIT);
	sprintf(group_name, "bcc-oom-%d", getpid());
	sprintf(group, "%s/%s", folder, group_name);
	if (!mount("none", folder, "cgroup2", 0, NULL)) {
		write_file(folder, "cgroup.subtree_control", "+memory");
		if (!mkdir(group, 0755)) {
			if (write_file(group, "memory.max", limit)) {
				write_file(group, "memory.swap.max", "0");
				return true;
			}
			rmdir(group);
		}
		umount(folder);
	}
	if (mount("none", folder, "cgroup", 0, "memory"))
		return false;
	if (!mkdir(group, 0755)) {
		if (write_file(group, "memory.limit_in_bytes", limit)) {
			write_file(group, "memory.memsw.limit_in_bytes", limit);
			return true;
		}
		rmdir(group);
	}
	umount(folder);
	return false;
}

static int set_up(void **state)
{
	if (!mkdtemp(folder) || unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -1;
	if (!make_group())
		*group = '\0';
	return 0;
}

static int tear_down(void **state)
{
	if (*group) {
		if (rmdir(group))
			return -1;
		umount2(folder, MNT_DETACH);
	}
	return rmdir(folder);
}

static void use_memory(size_t size)
{
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		_exit(1);
	for (size_t i = 0; i < size; i += 4096)
		memory[i] = 1;
}

static void join(int adjustment)
{
	char text[16];

	sprintf(text, "%d", adjustment);
	/* less than before takes CAP_SYS_RESOURCE */
	if ((!write_file("/proc/self", "oom_score_adj", text) && adjustment > 0) ||
		!write_file(group, "cgroup.procs", "0"))
		_exit(1);
}

/* Uses memory, says so, and waits for its end. */
static pid_t start_victim(void)
{
	int ends[2];
	pid_t pid;
	char c;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "vic\"tim");
		join(1000);
		use_memory(VICTIM);
		if (write(ends[1], "r", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &c, 1), 1);
	close(ends[0]);
	return pid;
}

/* Needs more memory than is left. */
static void need_memory(void *ctx)
{
	join(-1000);
	use_memory(NEEDED);
}

/* Whether the trigger is killed too depends on how long the victim takes to end. */
static void trigger_go(struct workload *w)
{
	assert_int_equal(write(w->go, "g", 1), 1);
	close(w->go);
	assert_int_equal(waitpid(w->pid, NULL, 0), w->pid);
}

/* Runs the tool while `victim` is killed. */
static void run_tool(
	struct tool_run *run, pid_t *victim, pid_t *trigger, const char *option, const char *value)
{
	char pid[16];
	struct workload w;
	int status;

	if (!*group)
		test_missing("no control group can limit memory here");
	*victim = start_victim();
	workload_new(&w, "trig\ner", need_memory, NULL);
	*trigger = w.pid;
	tool_start(run, OOMKILL, "-p", number_text(pid, *victim), option, value);
	while (!strchr(run->text, '\n') && tool_read(run, 60000))
		;
	if (!*run->text) {
		kill(*victim, SIGKILL);
		tool_end(run, 60);
		fail_msg("no output; stderr:\n%s", run->errors);
	}
	trigger_go(&w);
	assert_int_equal(waitpid(*victim, &status, 0), *victim);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	tool_stop(run, SIGINT);
}

/* Whether the tool knows the limit; if not, it has said so. */
static bool knows_limit(const struct tool_run *run)
{
	if (!*run->errors)
		return true;
	assert_string_equal(run->errors,
		"oomkill: the limit and its pages are not known, and processes that are ending anyway may be "
		"shown\n");
	return false;
}

static void test_line(void **state)
{
	pid_t victim, trigger;
	struct tool_run run;
	char expected[256];
	const char *at;
	double load;
	int end = 0;

	run_tool(&run, &victim, &trigger, NULL, NULL);
	assert_int_equal(tool_count_lines(&run), 2);
	tool_cut_times(&run, 9);
	sprintf(expected,
		"Triggered by PID %d (\"trig\\ner\"), OOM kill of PID %d (\"vic\"tim\"), %s pages, loadavg: ",
		trigger, victim, knows_limit(&run) ? number_text((char[16]){0}, LIMIT / 4096) : "-");
	at = strchr(run.text, '\n') + 1;
	if (strncmp(at, expected, strlen(expected)))
		fail_msg("row:\n%s\nexpected:\n%s", at, expected);
	at += strlen(expected);
	assert_int_equal(sscanf(at, "%lf %lf %lf %*d/%*d %*d%n", &load, &load, &load, &end), 3);
	assert_string_equal(at + end, "\n");
	tool_free(&run);
}

static void test_columns(void **state)
{
	pid_t victim, trigger;
	char expected[512];
	struct tool_run run;

	run_tool(&run, &victim, &trigger, "--columns", "pid,comm,tpid,tcomm,tuid,adj,cgroup,limit");
	sprintf(expected,
		TITLE
		"\n"
		"PID     COMM             TPID    TCOMM            TUID     ADJ CGROUP               LIMIT    \n"
		"%-7d %-16s %-7d %-16s %-6d %5d %-20s %-9s\n",
		trigger, "trig\\ner", victim, "vic\"tim", 0, 1000, group_name,
		knows_limit(&run) ? "cgroup" : "-");
	tool_assert_output(&run, expected);
	tool_free(&run);
}

static void test_json(void **state)
{
	char expected[512], *row, *rss;
	pid_t victim, trigger;
	struct tool_run run;
	long bytes;
	bool known;

	run_tool(&run, &victim, &trigger, "--json", NULL);
	known = knows_limit(&run);
	assert_int_equal(tool_count_lines(&run), 2);
	row = strstr(run.text, "\"pid\":");
	assert_non_null(row);
	sprintf(expected,
		"\"pid\":%d,\"comm\":\"trig\\ner\",\"tpid\":%d,\"tcomm\":\"vic\\\"tim\",\"tuid\":0,\"rss_bytes\":",
		trigger, victim);
	if (strncmp(row, expected, strlen(expected)))
		fail_msg("row:\n%s\nexpected:\n%s", row, expected);
	/* each CPU may keep some pages to itself */
	bytes = strtol(row + strlen(expected), &rss, 10);
	assert_in_range(bytes, VICTIM / 2, 4 * VICTIM);
	sprintf(expected,
		",\"oom_score_adj\":1000,\"cgroup\":\"%s\",\"limit\":%s,\"pages\":%s,\"loadavg\":\"",
		group_name, known ? "\"cgroup\"" : "null",
		known ? number_text((char[16]){0}, LIMIT / 4096) : "null");
	if (strncmp(rss, expected, strlen(expected)))
		fail_msg("rest of the row:\n%s\nexpected:\n%s", rss, expected);
	tool_free(&run);
}

/* Victims that are not asked for. */
static void test_other(void **state)
{
	char expected[64] = TITLE "\n", pid[16];
	struct tool_run run;
	struct workload w;
	pid_t victim;

	if (!*group)
		test_missing("no control group can limit memory here");
	victim = start_victim();
	workload_new(&w, "trigger", need_memory, NULL);
	tool_start(&run, OOMKILL, "-p", number_text(pid, getpid()));
	tool_wait_line(&run, TITLE);
	trigger_go(&w);
	assert_int_equal(waitpid(victim, NULL, 0), victim);
	tool_stop(&run, SIGINT);
	tool_assert_output(&run, expected);
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_other),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
