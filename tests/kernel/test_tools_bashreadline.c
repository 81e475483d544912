/* SPDX-License-Identifier: Apache-2.0 */
/* bashreadline shows each line that is typed into a shell, which is one on a terminal of this test, and into
 * another program that uses the library. */
#include <dlfcn.h>
#include <pty.h>

#include "tool_run.h"

#define BASHREADLINE "tools/bashreadline"
#define HEADER "TIME      PID     COMMAND"
#define PROMPT "READY>"
#define LIBRARY "libreadline.so.8"

enum { LONG = 5000, KEPT = 4095, LINES = 6 };

struct terminal {
	pid_t pid;
	int fd;
};

/* More than a terminal takes at once is typed by a key of readline's. */
static char inputrc[] = "/tmp/bashreadline-XXXXXX";

static int make_key(void **state)
{
	int fd = mkstemp(inputrc);

	assert_true(fd >= 0);
	dprintf(fd, "\"\\C-g\": \": %0*d\"\n", LONG, 0);
	return close(fd);
}

static int remove_key(void **state)
{
	return unlink(inputrc);
}

/* Waits for the next prompt, or for the end. */
static bool wait_prompt(struct terminal *t)
{
	size_t matched = 0;
	char c;

	while (matched < strlen(PROMPT)) {
		if (read(t->fd, &c, 1) != 1)
			return false;
		matched = c == PROMPT[matched] ? matched + 1 : c == *PROMPT;
	}
	return true;
}

static void use_library(void)
{
	void *library = dlopen(LIBRARY, RTLD_NOW);
	char *(*readline)(const char *prompt) = library ? dlsym(library, "readline") : NULL;

	while (readline && readline(PROMPT))
		;
	_exit(0);
}

/* A shell that waits for its first line; NULL: a program that uses the library. */
static void start_shell(struct terminal *t, const char *path)
{
	struct winsize size = {.ws_row = 100, .ws_col = 200};

	t->pid = forkpty(&t->fd, NULL, NULL, &size);
	assert_true(t->pid >= 0);
	if (!t->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "typist");
		setenv("TERM", "dumb", 1);
		setenv("PS1", PROMPT, 1);
		setenv("INPUTRC", inputrc, 1);
		unsetenv("HISTFILE");
		unsetenv("PROMPT_COMMAND");
		if (path)
			execl(path, "bash", "--norc", "--noprofile", "-i", NULL);
		else
			use_library();
		_exit(127);
	}
	assert_true(wait_prompt(t));
}

static void type(struct terminal *t, const char *text)
{
	assert_int_equal(write(t->fd, text, strlen(text)), (ssize_t)strlen(text));
}

static void end_shell(struct terminal *t)
{
	char echo[4096];
	int status;

	type(t, "\004");
	while (read(t->fd, echo, sizeof(echo)) > 0)
		;
	assert_int_equal(waitpid(t->pid, &status, 0), t->pid);
	close(t->fd);
}

/* What is typed, and what the table and JSON show. ^V takes the next character as it is. */
static struct line {
	const char *typed, *shown, *json;
} lines[LINES];
static char long_shown[KEPT + 1];

static void make_lines(void)
{
	strcpy(long_shown, ": ");
	memset(long_shown + 2, '0', KEPT - 2);
	lines[0] = (struct line){": hello world\n", ": hello world", ": hello world"};
	lines[1] = (struct line){"\n", "", ""};
	lines[2] = (struct line){
		"no-such-command \"$x\"\n", "no-such-command \"$x\"", "no-such-command \\\"$x\\\""};
	lines[3] = (struct line){": \x16\x1b[2J\n", ": \\x1b[2J", ": \\u001b[2J"};
	lines[4] = (struct line){"\x07\n", long_shown, NULL};
	lines[5] = (struct line){": last\n", ": last", ": last"};
}

static void type_lines(struct terminal *t)
{
	for (int i = 0; i < LINES; i++) {
		type(t, lines[i].typed);
		assert_true(wait_prompt(t));
	}
	end_shell(t);
}

static void check_table(struct tool_run *run, pid_t pid)
{
	const char *row = strchr(run->text, '\n') + 1;

	for (int i = 0; i < LINES; i++) {
		char expected[KEPT + 64];
		int hours, minutes, seconds;

		if (sscanf(row, "%2d:%2d:%2d ", &hours, &minutes, &seconds) != 3)
			fail_msg("row %d:\n%s", i, run->text);
		sprintf(expected, "  %-7d %s%s\n", pid, lines[i].shown, lines[i].json ? "" : "...");
		if (strncmp(row + 8, expected, strlen(expected)))
			fail_msg("row %d, %zu bytes in place of %zu:\n%s\nexpected:\n%s", i,
				strcspn(row, "\n") + 1, strlen(expected) + 8, row, expected);
		row += 8 + strlen(expected);
	}
	assert_string_equal(row, "");
	assert_string_equal(run->errors, "");
}

static void check_json(struct tool_run *run, pid_t pid)
{
	const char *row = strchr(run->text, '\n') + 1;

	for (int i = 0; i < LINES; i++, row = strchr(row, '\n') + 1) {
		const char *at = strstr(row, ",\"pid\":");
		char expected[KEPT + 128];

		assert_non_null(at);
		sprintf(expected, ",\"pid\":%d,\"command\":\"%s\",\"comm\":\"bash\",\"uid\":0%s}\n", pid,
			lines[i].json ? lines[i].json : lines[i].shown,
			lines[i].json ? "" : ",\"command_truncated\":true");
		if (strncmp(at, expected, strlen(expected)))
			fail_msg("row %d:\n%s\nexpected:\n%s", i, at, expected);
	}
	assert_string_equal(row, "");
}

/* The shell waits for its first line when tracing begins. */
static void test_lines(void **state)
{
	struct tool_run table, json, other;
	struct terminal t;
	char pid[16];

	make_lines();
	start_shell(&t, "/bin/bash");
	number_text(pid, t.pid);
	tool_start(&table, BASHREADLINE, "-p", pid);
	/* it is compiled once */
	tool_wait_line(&table, HEADER);
	tool_start(&json, BASHREADLINE, "-p", pid, "--json", "-s", "/bin/bash");
	tool_start(&other, BASHREADLINE, "-p", pid, "--comm", "!bash");
	tool_wait_line(&other, HEADER);
	while (!strchr(json.text, '\n'))
		assert_true(tool_read(&json, 60000));
	type_lines(&t);
	kill(table.pid, SIGINT);
	kill(json.pid, SIGINT);
	tool_stop(&other, SIGINT);
	tool_end(&table, 60);
	tool_end(&json, 60);
	check_table(&table, t.pid);
	check_json(&json, t.pid);
	assert_string_equal(other.text, HEADER "\n");
	tool_free(&table);
	tool_free(&json);
	tool_free(&other);
}

/* A shell of another file, which has been removed since. */
static void test_another_shell(void **state)
{
	char folder[] = "/tmp/bashreadline-XXXXXX", path[64], command[128], pid[16];
	struct tool_run run, usual;
	struct terminal t;

	make_lines();
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/bash", folder);
	snprintf(command, sizeof(command), "cp /bin/bash %s", path);
	assert_int_equal(system(command), 0);
	start_shell(&t, path);
	unlink(path);
	rmdir(folder);
	number_text(pid, t.pid);
	tool_start(&run, BASHREADLINE, "-p", pid);
	tool_start(&usual, BASHREADLINE, "-p", pid, "-s", "/bin/bash");
	tool_wait_line(&run, HEADER);
	tool_wait_line(&usual, HEADER);
	type_lines(&t);
	kill(run.pid, SIGINT);
	tool_stop(&usual, SIGINT);
	tool_end(&run, 60);
	check_table(&run, t.pid);
	assert_string_equal(usual.text, HEADER "\n");
	tool_free(&run);
	tool_free(&usual);
}

static void test_library(void **state)
{
	struct tool_run run;
	struct terminal t;
	char pid[16];

	if (!dlopen(LIBRARY, RTLD_NOW)) {
		print_message("skipped: there is no " LIBRARY "\n");
		skip();
	}
	make_lines();
	start_shell(&t, NULL);
	number_text(pid, t.pid);
	tool_start(&run, BASHREADLINE, "-s", "-p", pid);
	tool_wait_line(&run, HEADER);
	type_lines(&t);
	tool_stop(&run, SIGINT);
	check_table(&run, t.pid);
	tool_free(&run);
}

static void test_refused(void **state)
{
	static const char *const wrong[] = {"/nonexistent", "/bin/true", "/etc/passwd"};
	struct tool_run run;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		tool_start(&run, BASHREADLINE, "-s", wrong[i]);
		tool_end(&run, 60);
		assert_int_equal(run.status, 1);
		assert_string_equal(run.text, "");
		assert_memory_equal(run.errors, "bashreadline: ", 14);
		assert_non_null(strstr(run.errors, wrong[i]));
		tool_free(&run);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_another_shell),
		cmocka_unit_test(test_library),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, make_key, remove_key);
}
