/* SPDX-License-Identifier: Apache-2.0 */
/* Texts and flags that are meant to harm. They are compiled in two processes, which have to come out of each
 * alive, in time, without a word on their descriptors and without a file left behind. */
#ifndef TESTS_UNIT_SURVIVE_H
#define TESTS_UNIT_SURVIVE_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "common/compile_request.h"
#include "common/large_stack.h"
#include "common/printable.h"

#define SURVIVE_SECONDS 60 /* of CPU time for one text: a hang, not slowness */
#define SURVIVE_MEMORY (6ul << 30)
#define SURVIVE_PROCESSES 2
#define SURVIVE_CASES 1000

int bcc_compile_1(const struct bcc_compile_request *request, struct bcc_compile_result *result);
void bcc_compile_free_1(struct bcc_compile_result *result);

/* What a case came to. */
enum survive_end { NOT_RUN, GOOD, NO_ERROR_TEXT, NO_OBJECT, WRONG_NUMBER, PRINTED, LEFT_FILES, UNPRINTABLE };

static const char *const survive_ends[] = {[NOT_RUN] = "not run",
	[NO_ERROR_TEXT] = "an error without a sentence",
	[NO_OBJECT] = "neither an error nor an object",
	[WRONG_NUMBER] = "a number that is no errno",
	[PRINTED] = "something was printed",
	[LEFT_FILES] = "a file was left behind",
	[UNPRINTABLE] = "a message is not printable"};

static struct survive_case {
	char name[96], *text;
	const char *file; /* NULL: text.c */
	const char *flags[3];
	size_t flag_count;
} survive_cases[SURVIVE_CASES];

static int survive_count;

/* Shared with the processes. */
static struct {
	int next;		   /* case */
	int of[SURVIVE_PROCESSES]; /* the case that each is at */
	enum survive_end ends[SURVIVE_CASES];
} *survive_state;

static bool survive_is_printable(const char *text)
{
	char *copy = text ? strdup(text) : NULL, *escaped = bcc_printable(copy, true);
	bool same = escaped == copy;

	free(escaped);
	return same;
}

static void survive_log(void *ctx, int level, const char *text)
{
	bool *printable = ctx;

	(void)level;
	*printable = *printable && survive_is_printable(text);
}

/* Without this, nothing would get as far as it should. */
static void survive_check_compiler(void)
{
	struct bcc_compile_request request = {.abi = BCC_COMPILER_ABI,
		.text = "BPF_HASH(h); int f(struct pt_regs *ctx, struct file *file) { u64 k = file->f_inode->i_ino; "
			"h.increment(k); return 0; }",
		.name = "text.c",
		.tracefs_fd = -1,
		.btf_fd = -1};
	struct bcc_compile_result result;

	if (bcc_compile_1(&request, &result))
		fail_msg("%s", result.error);
	bcc_compile_free_1(&result);
}

/* `text` is freed later; the flags stay where they are. */
static void survive_add(const char *name, char *text, const char *const *flags, size_t flag_count)
{
	struct survive_case *c = &survive_cases[survive_count++];

	assert_true(survive_count <= SURVIVE_CASES && flag_count <= 3);
	snprintf(c->name, sizeof(c->name), "%s", name);
	c->text = text;
	c->flag_count = flag_count;
	for (size_t i = 0; i < flag_count; i++)
		c->flags[i] = flags[i];
}

static enum survive_end survive_compile(const struct survive_case *c, bool *stack_is_lost)
{
	bool printable = true;
	struct bcc_compile_request request = {.abi = BCC_COMPILER_ABI,
		.text = c->text,
		.name = c->file ? c->file : "text.c",
		.cflags = c->flags,
		.cflags_count = c->flag_count,
		.tracefs_fd = -1,
		.btf_fd = -1,
		.tracefs_why = "it is a test",
		.log = survive_log,
		.log_ctx = &printable};
	struct bcc_compile_result result;
	int ret = bcc_compile_1(&request, &result);
	enum survive_end end = GOOD;

	if (ret > 0)
		end = WRONG_NUMBER;
	else if (ret < 0 && (!result.error || !result.error[0] || result.elf))
		end = NO_ERROR_TEXT;
	else if (ret == 0 && (result.elf_size < 64 || memcmp(result.elf, "\177ELF", 4) != 0))
		end = NO_OBJECT;
	else if (!printable || !survive_is_printable(result.error))
		end = UNPRINTABLE;
	*stack_is_lost = result.stack_is_lost;
	bcc_compile_free_1(&result);
	return end;
}

static bool survive_folder_is_empty(void)
{
	DIR *dir = opendir(".");
	int count = 0;

	while (dir && readdir(dir))
		count++;
	if (dir)
		closedir(dir);
	return count == 2;
}

/* CPU time from now on. */
static void survive_limit_time(void)
{
	struct rusage used;
	struct rlimit limit;

	getrusage(RUSAGE_SELF, &used);
	getrlimit(RLIMIT_CPU, &limit);
	limit.rlim_cur = used.ru_utime.tv_sec + used.ru_stime.tv_sec + SURVIVE_SECONDS;
	setrlimit(RLIMIT_CPU, &limit);
}

/* Until there are no more, or another stack is needed. */
static bool survive_run_cases(void *ctx)
{
	bool stack_is_lost = false;
	int *at = ctx;

	while (!stack_is_lost &&
		(*at = __atomic_fetch_add(&survive_state->next, 1, __ATOMIC_SEQ_CST)) < survive_count) {
		enum survive_end end;

		survive_limit_time();
		end = survive_compile(&survive_cases[*at], &stack_is_lost);
		if (end == GOOD && lseek(1, 0, SEEK_END) != 0)
			end = PRINTED;
		if (end == GOOD && !survive_folder_is_empty())
			end = LEFT_FILES;
		survive_state->ends[*at] = end;
	}
	return !stack_is_lost;
}

static void survive_process(int *at, const char *folder)
{
	const struct rlimit none = {0, 0}, memory = {SURVIVE_MEMORY, SURVIVE_MEMORY};
	int out = memfd_create("said", MFD_CLOEXEC);

	if (chdir(folder) || dup2(out, 1) < 0 || dup2(out, 2) < 0)
		_exit(99);
	for (int s = 1; s < 32; s++)
		signal(s, SIG_DFL); /* the test library's handlers say that they were called */
	setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__
	setrlimit(RLIMIT_AS, &memory);
#else
	(void)memory;
#endif
	while (*at < survive_count)
		if (bcc_run_on_large_stack(survive_run_cases, at))
			_exit(98);
	_exit(0);
}

static pid_t survive_fork(int process, const char *folder)
{
	pid_t child = fork();

	if (child == 0)
		survive_process(&survive_state->of[process], folder);
	return child;
}

/* A process that has ended in the middle: its case is to blame, and another goes on with the next. */
static int survive_wait(pid_t processes[SURVIVE_PROCESSES], const char *folder)
{
	int status, process = 0;
	pid_t ended = wait(&status);

	while (process < SURVIVE_PROCESSES && processes[process] != ended)
		process++;
	if (process == SURVIVE_PROCESSES || status == 0)
		return -(process != SURVIVE_PROCESSES);
	printf("%s: %s %d\n", survive_cases[survive_state->of[process]].name,
		WIFSIGNALED(status) ? "signal" : "exit",
		WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	survive_state->ends[survive_state->of[process]] = GOOD; /* it is said */
	processes[process] = survive_fork(process, folder);
	return 1;
}

/* Runs the cases that were added, and fails if one is bad. */
static void survive_run(void)
{
	char folder[] = "/tmp/hostile-XXXXXX";
	pid_t processes[SURVIVE_PROCESSES];
	int running = SURVIVE_PROCESSES, failures = 0;

	assert_non_null(mkdtemp(folder));
	survive_state =
		mmap(NULL, sizeof(*survive_state), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(survive_state, MAP_FAILED);
	fflush(NULL);
	for (int i = 0; i < SURVIVE_PROCESSES; i++)
		processes[i] = survive_fork(i, folder);
	while (running > 0) {
		int ret = survive_wait(processes, folder);

		running += ret < 0 ? -1 : 0;
		failures += ret > 0;
	}
	for (int i = 0; i < survive_count; i++) {
		enum survive_end end = survive_state->ends[i];

		if (end != GOOD)
			printf("%s: %s\n", survive_cases[i].name, survive_ends[end]);
		failures += end != GOOD;
		free(survive_cases[i].text);
	}
	munmap(survive_state, sizeof(*survive_state));
	rmdir(folder);
	survive_count = 0;
	assert_int_equal(failures, 0);
}

#endif
