/* SPDX-License-Identifier: Apache-2.0 */
/* dbslower, dbstat and mysqld_qslower on a server that this program is, under the name of one: it has the
 * static probes, and functions with the names and parameters of MySQL's. */
#include "runtime_probes.h"
#include "tool_run.h"

#define HEADER "TIME(s)        PID           MS QUERY"
#define UNCHANGED __attribute__((noinline, used, no_sanitize("address")))
#define DISPATCH_DATA "_Z16dispatch_commandP3THDPK8COM_DATA19enum_server_command"
#define QUICK "select 1" /* takes no time, unless the machine is busy */

/* MySQL 5.7's. */
int dispatch_data(void *thd, const char *const *data, int command) __asm__(DISPATCH_DATA);
UNCHANGED int dispatch_data(void *thd, const char *const *data, int command)
{
	usleep(thd ? 30000 : 0);
	__asm__ volatile("" : : "r"(data), "r"(command) : "memory");
	return 0;
}

static char long_query[6000];

/* The text is in memory, as a server has just received it. */
static void query(const char *constant, int ms)
{
	static char text[sizeof(long_query)];

	strcpy(text, constant);
	RUNTIME_PROBE("mysql", "query__start", TEXT(text), 1, TEXT("db"), TEXT("me"), TEXT("here"));
	usleep(ms * 1000);
	RUNTIME_PROBE("mysql", "query__done", 0);
}

/* What this program does as a server, once for each byte that it reads; it writes one when that is done. */
static int be_a_server(void)
{
	char insert[] = "insert into t values (1)", ping[] = "ping", quick[] = QUICK;
	const char *data = insert, *other = ping, *quick_data = quick;
	char c;

	memset(long_query, 'q', sizeof(long_query) - 1);
	while (read(STDIN_FILENO, &c, 1) == 1) {
		query(QUICK, 0);
		query("select sleep(30)\nfrom t", 30);
		query(long_query, 30);
		dispatch_data((void *)1, &data, 3);
		dispatch_data((void *)1, &other, 14); /* no query */
		dispatch_data(NULL, &quick_data, 3);
		/* an end without a beginning */
		RUNTIME_PROBE("mysql", "query__done", 0);
		if (write(STDOUT_FILENO, &c, 1) != 1)
			return 1;
	}
	return 0;
}

/* ---- the server ---- */

static char folder[] = "/tmp/bcc-databases-XXXXXX", program[64];
static int requests, answers;
static pid_t server;

static int set_up(void **state)
{
	char command[PATH_MAX + 64];
	int fds[2], done[2];

	if (!mkdtemp(folder))
		return 1;
	snprintf(program, sizeof(program), "%s/mysqld", folder);
	snprintf(command, sizeof(command), "cp /proc/%d/exe %s", getpid(), program);
	if (system(command) || pipe2(fds, O_CLOEXEC) || pipe2(done, O_CLOEXEC))
		return 1;
	server = fork();
	if (!server) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(fds[0], STDIN_FILENO);
		dup2(done[1], STDOUT_FILENO);
		execl(program, program, "--serve", NULL);
		_exit(127);
	}
	close(fds[0]);
	close(done[1]);
	requests = fds[1];
	answers = done[0];
	return server < 0;
}

static int tear_down(void **state)
{
	char command[64];
	int status;

	close(requests);
	waitpid(server, &status, 0);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command) || status;
}

/* The server does its work. */
static void serve(void)
{
	char c;

	assert_int_equal(write(requests, "r", 1), 1);
	assert_int_equal(read(answers, &c, 1), 1);
}

/* Runs a tool while the server does its work. */
static void run_tool(struct tool_run *run, const char *line, const char *name, const char *first,
	const char *second, const char *third, const char *fourth)
{
	char pid[16], text[256];

	snprintf(text, sizeof(text), line, program);
	tool_start(run, name, first, second, "-p", number_text(pid, server), third, fourth);
	tool_wait_line(run, text);
	serve();
	tool_stop(run, SIGINT);
	assert_string_equal(run->errors, "");
}

/* The rows after the heading have these texts, and took at least 30 ms; `least`: the tool's. */
static void expect_queries(struct tool_run *run, double least, const char *const *queries)
{
	char *at = strstr(run->text, HEADER "\n") + sizeof(HEADER);

	while (*at) {
		char *line = tool_next_line(&at);
		double seconds, ms;
		int pid, length = 0;

		assert_int_equal(sscanf(line, "%lf %d %lf%n", &seconds, &pid, &ms, &length), 3);
		assert_true(pid == server && ms >= least && ms < 60000);
		if (!strcmp(line + length + 1, QUICK))
			continue;
		assert_non_null(*queries);
		if (ms < 30 || strcmp(line + length + 1, *queries))
			fail_msg("'%s' is not '%s'", line, *queries);
		queries++;
	}
	assert_null(*queries);
}

static char cut_query[4096 + 3];

static void test_slow_queries(void **state)
{
	static const char *const queries[] = {"select sleep(30)\\nfrom t", cut_query, NULL};
	struct tool_run run;

	memset(cut_query, 'q', 4095);
	strcpy(cut_query + 4095, "...");
	run_tool(&run, HEADER, "tools/dbslower", "mysql", "-m10", NULL, NULL);
	assert_memory_equal(run.text, "Tracing database queries for mysql slower than 10 ms...\n", 56);
	expect_queries(&run, 10, queries);
	tool_free(&run);
}

static void test_function(void **state)
{
	static const char *const queries[] = {"insert into t values (1)", NULL};
	struct tool_run run;
	char line[128], option[80];

	snprintf(line, sizeof(line), "Tracing database queries for application %s slower than 1 ms...\n",
		program);
	snprintf(option, sizeof(option), "-x%s", program);
	run_tool(&run, HEADER, "tools/dbslower", "mysql", option, NULL, NULL);
	assert_memory_equal(run.text, line, strlen(line));
	expect_queries(&run, 1, queries);
	tool_free(&run);
}

static void test_server(void **state)
{
	char pid[16], line[128];
	struct tool_run run;
	const char *row;

	tool_start(&run, "tools/mysqld_qslower", number_text(pid, server), "0", "--json");
	while (!tool_count_lines(&run))
		assert_true(tool_read(&run, 1000));
	serve();
	tool_stop(&run, SIGINT);
	row = strchr(run.text, '\n') + 1;
	if (!strstr(row, "\"query\":\"" QUICK "\""))
		fail_msg("%.600s\n%s", run.text, run.errors);
	row = strchr(row, '\n') + 1;
	assert_non_null(strstr(row, "\"query\":\"select sleep(30)\\nfrom t\""));
	snprintf(line, sizeof(line), "\"pid\":%d,\"latency_ns\":", server);
	row = strstr(row, line);
	assert_non_null(row);
	assert_true(atol(row + strlen(line)) >= 30000000);
	tool_free(&run);
}

static void test_histogram(void **state)
{
	long low, high, count, total = 0;
	struct tool_run run;
	char *at;

	run_tool(&run, "Tracing database queries for mysql slower than 0 ms...", "tools/dbstat", "mysql",
		"-u", NULL, NULL);
	at = strstr(run.text, "]\n");
	assert_non_null(at);
	at += 2;
	assert_memory_equal(at, "     query latency (us) ", 24);
	tool_next_line(&at);
	while (at && sscanf(at, "%ld -> %ld : %ld", &low, &high, &count) == 3) {
		total += count;
		tool_next_line(&at);
	}
	assert_int_equal(total, 3);
	tool_free(&run);
}

static void test_refused(void **state)
{
	tool_expect_end(2, "'oracle' is not mysql or postgres", "tools/dbslower", "oracle", NULL);
	tool_expect_end(2, "'12' is not a process of -p", "tools/dbslower", "mysql", "12");
	tool_expect_end(2, "which database? mysql or postgres", "tools/dbstat", NULL, NULL);
	tool_expect_end(2, "-x is for mysql", "tools/dbslower", "postgres", "-x/bin/true");
	tool_expect_end(2, "-x is for mysql", "tools/dbstat", "postgres", "-x/bin/true");
	tool_expect_end(1, "dispatch_command", "tools/dbslower", "mysql", "-x/bin/true");
	tool_expect_end(2, "of which process?", "tools/mysqld_qslower", NULL, NULL);
}

/* BCC's tools take a list after -p. */
static void test_processes(void **state)
{
	static const char two[] = "// filter_pid = 02 00 00 00 00 00 00 00 e0 01 00 00 e1 01 00 00 ";
	static const char *const tools[] = {"tools/dbslower", "tools/dbstat"};

	for (int i = 0; i < 2; i++) {
		struct tool_run run;

		tool_start(&run, tools[i], "--ebpf", "postgres", "-p", "480", "481");
		tool_end(&run, 60);
		assert_int_equal(run.status, 0);
		assert_non_null(strstr(run.text, two));
		tool_free(&run);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slow_queries),
		cmocka_unit_test(test_function),
		cmocka_unit_test(test_server),
		cmocka_unit_test(test_histogram),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_processes),
	};

	if (argc > 1)
		return be_a_server();
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
