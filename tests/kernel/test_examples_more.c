/* SPDX-License-Identifier: Apache-2.0 */
/* Examples of tables, variables, iterators and the rest, each with events of this test. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/mount.h>
#include <sys/socket.h>

#include "older_calls.h"
#include "example_run.h"

static bool have(const char *path, const char *word, const char *lack)
{
	char text[256] = "";
	FILE *file = fopen(path, "re");

	if (file) {
		if (fread(text, 1, sizeof(text) - 1, file) == 0)
			text[0] = '\0';
		fclose(file);
	}
	if (file && strstr(text, word))
		return true;
	printf("SKIP: %s\n", lack);
	assert_null(getenv("BCC_TEST_NO_SKIP"));
	return false;
}

static void test_own_probe(void **state)
{
	struct tool_run run;

	tool_start(&run, "examples/own_probe");
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	assert_string_equal(run.text, "step 1 of 5, \"a\"\n"
				      "step 2 of 5, \"ab\"\n"
				      "step 3 of 5, \"abc\"\n"
				      "step 4 of 5, \"abcd\"\n"
				      "step 5 of 5, \"abcde\"\n");
	tool_free(&run);
}

static void test_iter_tasks(void **state)
{
	struct tool_run run;
	char line[64];

	prctl(PR_SET_NAME, "iterated");
	tool_start(&run, "examples/iter_tasks");
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	assert_int_equal(strncmp(run.text, "    PID     TID COMM\n", 21), 0);
	snprintf(line, sizeof(line), "%7d %7d iterated", getpid(), getpid());
	if (!tool_has_line(&run, line))
		fail_msg("no '%s' in:\n%s", line, run.text);
	tool_free(&run);
}

static void test_iter_sockets(void **state)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000203)};
	int server = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t size = sizeof(address);
	struct tool_run run;
	char line[64];

	assert_true(server >= 0 && client >= 0);
	assert_int_equal(bind(server, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(server, 1), 0);
	assert_int_equal(getsockname(server, (struct sockaddr *)&address, &size), 0);
	assert_int_equal(connect(client, (struct sockaddr *)&address, size), 0);
	tool_start(&run, "examples/iter_sockets");
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	snprintf(line, sizeof(line), "   10 127.0.2.3:%-8d 0.0.0.0:0", ntohs(address.sin_port));
	if (!tool_has_line(&run, line))
		fail_msg("no '%s' in:\n%s", line, run.text);
	/* the client's end, and the server's */
	snprintf(line, sizeof(line), " 127.0.2.3:%d\n", ntohs(address.sin_port));
	if (!strstr(run.text, line))
		fail_msg("no '%s' in:\n%s", line, run.text);
	snprintf(line, sizeof(line), "    1 127.0.2.3:%-8d 127.0.0.1:", ntohs(address.sin_port));
	if (!strstr(run.text, line))
		fail_msg("no '%s' in:\n%s", line, run.text);
	tool_free(&run);
	close(client);
	close(server);
}

static void test_iter_table(void **state)
{
	struct tool_run run;

	tool_start(&run, "examples/iter_table", "50");
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	/* in the order of their hashes */
	assert_true(tool_has_line(&run, "8 squared is 64"));
	assert_true(tool_has_line(&run, "9 squared is 81"));
	assert_int_equal(strlen(run.text), 2 * strlen("9 squared is 81\n"));
	tool_free(&run);
}

/* ---- what counts system calls ---- */

static void call_repeatedly(void *ctx)
{
	for (int i = 0; i < 1000; i++)
		syscall(SYS_getppid);
	for (int i = 0; i < 10; i++)
		syscall(SYS_close, -1);
	/* until the example has looked */
	pause();
}

/* A child that waits, makes 1000 calls that succeed and 10 that fail, and stays. */
struct caller {
	struct workload w;
	char pid[16];
};

static void caller_new(struct caller *c)
{
	workload_new(&c->w, "calls", call_repeatedly, NULL);
	sprintf(c->pid, "%d", c->w.pid);
}

static void caller_go(struct caller *c)
{
	assert_int_equal(write(c->w.go, "g", 1), 1);
}

static void caller_end(struct caller *c)
{
	int status;

	close(c->w.go);
	kill(c->w.pid, SIGKILL);
	assert_int_equal(waitpid(c->w.pid, &status, 0), c->w.pid);
}

static void test_global_variables(void **state)
{
	struct tool_run run;
	struct caller c;
	unsigned long long calls = 0, failures = 0;
	long long last = -1;
	double limit = tool_now() + 60;
	char *line;

	caller_new(&c);
	tool_start(&run, "examples/global_variables", c.pid);
	/* its first line says that it is attached */
	while (!run.size && tool_now() < limit && tool_read(&run, 100))
		;
	caller_go(&c);
	while (last != CALL_OF_PAUSE && tool_now() < limit && tool_read(&run, 100)) {
		line = strstr(run.text, "process");
		for (char *next = line; next; next = strstr(next + 1, "process"))
			if (strchr(next, '\n'))
				line = next;
		if (line)
			assert_int_equal(
				sscanf(line,
					"process %*d: %llu system calls, %llu failed; the last was number %lld",
					&calls, &failures, &last),
				3);
	}
	caller_end(&c);
	/* the end of read(), the calls, and pause() */
	assert_in_range(calls, 1011, 1020);
	assert_in_range(failures, 10, 12);
	assert_int_equal(last, CALL_OF_PAUSE);
	end(&run);
	tool_free(&run);
}

static void test_tail_calls(void **state)
{
	unsigned long long getpids = 0, getppids = 0, others = 0;
	struct tool_run run;
	struct caller c;

	caller_new(&c);
	tool_start(&run, "examples/tail_calls", "2");
	tool_wait_line(&run, "Counting... ");
	caller_go(&c);
	tool_end(&run, 60);
	caller_end(&c);
	assert_int_equal(run.status, 0);
	assert_int_equal(
		sscanf(strstr(run.text, "getpid:"), "getpid: %llu, getppid: %llu, other system calls: %llu",
			&getpids, &getppids, &others),
		3);
	assert_in_range(getppids, 1000, 1000000);
	assert_in_range(others, 10, 100000000);
	tool_free(&run);
}

static void test_per_cpu_counters(void **state)
{
	unsigned long long count, sum = 0, all = 0;
	struct tool_run run;
	char *at;
	int cpu;

	tool_start(&run, "examples/per_cpu_counters", "1");
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	at = strstr(run.text, "system calls:");
	assert_non_null(at);
	at += strlen("system calls:");
	while (sscanf(at, " %llu on CPU %d", &count, &cpu) == 2) {
		sum += count;
		at += strcspn(at, ",;") + 1;
	}
	assert_int_equal(sscanf(at, " %llu in all", &all), 1);
	assert_true(all > 0);
	assert_int_equal(sum, all);
	tool_free(&run);
}

static void test_map_in_map(void **state)
{
	unsigned kinds[2];
	unsigned long long counts[2];
	struct tool_run run;
	struct caller c;

	caller_new(&c);
	tool_start(&run, "examples/map_in_map", c.pid, "3");
	tool_wait_line(&run, "Counting...");
	caller_go(&c);
	tool_end(&run, 60);
	caller_end(&c);
	assert_int_equal(run.status, 0);
	assert_int_equal(sscanf(strstr(run.text, "1.5 s:"),
				 "1.5 s: %u different system calls, %llu in all\n"
				 "3.0 s: %u different system calls, %llu in all",
				 &kinds[0], &counts[0], &kinds[1], &counts[1]),
		4);
	/* getppid(), close(), pause(), and what the child did to begin */
	assert_in_range(counts[0] + counts[1], 1011, 1020);
	assert_in_range(kinds[0] + kinds[1], 3, 10);
	tool_free(&run);
}

static void test_threads(void **state)
{
	unsigned long long entered, left;
	struct tool_run run;
	const char *first, *second;

	tool_start(&run, "examples/threads", "1");
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	first = strstr(run.text, "entered:");
	second = strstr(run.text, "returned from:");
	assert_true(first && second);
	assert_int_equal(sscanf(first, "entered: %llu system calls", &entered), 1);
	assert_int_equal(sscanf(second, "returned from: %llu system calls", &left), 1);
	assert_true(entered > 0 && left > 0);
	tool_free(&run);
}

static void sleep_once(void *ctx)
{
	usleep(400000);
	pause();
}

static void test_task_storage(void **state)
{
	struct tool_run run;
	struct workload w;
	char pid[16];
	long number;
	double ms;
	int status;

	workload_new(&w, "sleeps", sleep_once, NULL);
	sprintf(pid, "%d", w.pid);
	tool_start(&run, "examples/task_storage", pid, "2");
	tool_wait_line(&run, "Tracing...");
	assert_int_equal(write(w.go, "g", 1), 1);
	tool_end(&run, 60);
	close(w.go);
	kill(w.pid, SIGKILL);
	assert_int_equal(waitpid(w.pid, &status, 0), w.pid);
	assert_int_equal(run.status, 0);
	assert_int_equal(sscanf(strstr(run.text, "slowest"), "slowest system call of %*d: number %ld, %lf ms",
				 &number, &ms),
		2);
	assert_int_equal(number, SYS_clock_nanosleep);
	assert_true(ms >= 400);
	tool_free(&run);
}

/* ---- others ---- */

static void spin(void *ctx)
{
	double until = tool_now() + 1.5;

	while (tool_now() < until)
		;
}

static void test_profile_cpu(void **state)
{
	struct tool_run run;
	struct workload w;
	unsigned long samples = 0;

	workload_new(&w, "spins", spin, NULL);
	tool_start(&run, "examples/profile_cpu", "1");
	tool_wait_line(&run, "   SAMPLES COMM");
	workload_go(&w);
	tool_end(&run, 60);
	assert_int_equal(run.status, 0);
	for (const char *line = run.text; *line; line = strchr(line, '\n') + 1) {
		char comm[17];

		if (sscanf(line, "%lu %16s", &samples, comm) == 2 && !strcmp(comm, "spins"))
			break;
		samples = 0;
	}
	/* at most each of 99 a second; few if others have the CPU */
	assert_in_range(samples, 1, 120);
	tool_free(&run);
}

static void test_cache_misses(void **state)
{
	struct tool_run run;

	tool_start(&run, "examples/cache_misses", "1");
	tool_end(&run, 60);
	if (run.status) {
		/* a machine without such counters: it says so */
		assert_non_null(strstr(run.errors, "counter"));
	} else {
		assert_non_null(strstr(run.text, "COMM              REFERENCES     MISSES   HIT%\n"));
		assert_non_null(strchr(strchr(run.text, '\n') + 1, '\n'));
	}
	tool_free(&run);
}

static void connect_nowhere(struct expected *expected)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_in taken = to;
	socklen_t size = sizeof(taken);
	int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	/* a port where nobody listens: it is bound, no more */
	assert_int_equal(bind(server, (struct sockaddr *)&taken, sizeof(taken)), 0);
	assert_int_equal(getsockname(server, (struct sockaddr *)&taken, &size), 0);
	prctl(PR_SET_NAME, "connects");
	assert_int_equal(connect(fd, (struct sockaddr *)&taken, sizeof(taken)), -1);
	close(fd);
	close(server);
	snprintf(expected->line, sizeof(expected->line),
		"%-6d connects         127.0.0.1:0            127.0.0.1:%-12u CLOSE       -> SYN_SENT\n",
		getpid(), ntohs(taken.sin_port));
}

static void test_tcp_states(void **state)
{
	struct tool_run run;
	char line[128];

	snprintf(line, sizeof(line), "%-6s %-16s %-22s %-22s %-11s -> %s", "PID", "COMM", "LOCAL", "REMOTE",
		"OLD", "NEW");
	tool_start(&run, "examples/tcp_states");
	tool_wait_line(&run, line);
	until(&run, connect_nowhere);
	end(&run);
	tool_free(&run);
}

static void exec_true(struct expected *expected)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	strcpy(expected->line, "execve: true\n");
}

static void test_event_loop(void **state)
{
	struct tool_run run;
	double limit = tool_now() + 60;

	tool_start(&run, "examples/event_loop");
	tool_wait_line(&run, "Tracing... Ctrl-C to end.");
	until(&run, exec_true);
	while (!strstr(run.text, " in the last second\n") && tool_now() < limit && tool_read(&run, 100))
		;
	assert_non_null(strstr(run.text, " in the last second\n"));
	end(&run);
	assert_int_equal(run.status, 0);
	tool_free(&run);
}

static void fork_ten_times(void *ctx)
{
	for (int i = 0; i < 10; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			_exit(1);
	}
}

static void fork_often(struct expected *expected)
{
	struct workload w;

	workload_new(&w, "forks", fork_ten_times, NULL);
	snprintf(expected->line, sizeof(expected->line), "process %d has forked 10 times\n", w.pid);
	workload_go(&w);
}

static void test_shared_table(void **state)
{
	struct tool_run run;

	tool_start(&run, "examples/shared_table");
	tool_wait_line(&run, "Tracing... Ctrl-C to end.");
	until(&run, fork_often);
	end(&run);
	tool_free(&run);
}

static void test_lsm_policy(void **state)
{
	char folder[] = "/tmp/bcc-lsm-XXXXXX", path[64], other[64], line[128];
	struct tool_run run;
	int fd;

	if (!have("/sys/kernel/security/lsm", "bpf",
		    "\"bpf\" is not in /sys/kernel/security/lsm (boot option lsm=)"))
		skip();
	/* stat() and the kernel's inodes agree about the device here; they do not on overlayfs */
	assert_non_null(mkdtemp(folder));
	assert_int_equal(mount("lsm", folder, "tmpfs", 0, NULL), 0);
	snprintf(path, sizeof(path), "%s/forbidden", folder);
	snprintf(other, sizeof(other), "%s/other", folder);
	close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	close(open(other, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	tool_start(&run, "examples/lsm_policy", path);
	snprintf(line, sizeof(line), "Nobody may open %s now. Ctrl-C to end.", path);
	tool_wait_line(&run, line);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(fd, -1);
	assert_int_equal(errno, EPERM);
	fd = open(other, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	close(fd);
	end(&run);
	/* links end with the process, but the kernel takes a moment */
	for (int i = 0; i < 100 && (fd = open(path, O_RDONLY | O_CLOEXEC)) < 0; i++)
		usleep(20000);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(umount2(folder, MNT_DETACH), 0);
	assert_int_equal(rmdir(folder), 0);
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_probe),
		cmocka_unit_test(test_iter_tasks),
		cmocka_unit_test(test_iter_sockets),
		cmocka_unit_test(test_iter_table),
		cmocka_unit_test(test_global_variables),
		cmocka_unit_test(test_tail_calls),
		cmocka_unit_test(test_per_cpu_counters),
		cmocka_unit_test(test_map_in_map),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_task_storage),
		cmocka_unit_test(test_profile_cpu),
		cmocka_unit_test(test_cache_misses),
		cmocka_unit_test(test_tcp_states),
		cmocka_unit_test(test_event_loop),
		cmocka_unit_test(test_shared_table),
		cmocka_unit_test(test_lsm_policy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
