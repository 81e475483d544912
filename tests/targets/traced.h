/* SPDX-License-Identifier: Apache-2.0 */
/* A target of this directory, running, and what it printed about itself: for tests. */
#ifndef TESTS_TARGETS_TRACED_H
#define TESTS_TARGETS_TRACED_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct traced_function {
	char name[128];
	char module[PATH_MAX];
	uint64_t address;
};

struct traced {
	pid_t pid;
	pid_t own_pid; /* as seen by itself: in a PID namespace of its own */
	pid_t helper;  /* its parent, if it has one other than us; otherwise 0 */
	FILE *in, *out;
	struct traced_function functions[32];
	size_t count;
};

/* Reads up to "ready". Returns false if it ended before. */
static inline bool traced_listen(struct traced *t)
{
	char line[PATH_MAX + 256];

	while (fgets(line, sizeof(line), t->out)) {
		struct traced_function *f = &t->functions[t->count];
		unsigned long long address;

		if (!strcmp(line, "ready\n"))
			return true;
		if (sscanf(line, "function %127s %llx %4095s", f->name, &address, f->module) == 3) {
			f->address = address;
			t->count++;
		} else if (sscanf(line, "pid %d", &t->pid) != 1) {
			printf("the target says: %s", line);
		}
	}
	return false;
}

static inline void traced_tell(struct traced *t, const char *line)
{
	fprintf(t->in, "%s\n", line);
	fflush(t->in);
	if (!traced_listen(t)) {
		printf("the target ended at \"%s\"\n", line);
		abort();
	}
}

/* In the new process: becomes the program; after `prepare` (may be NULL) a child becomes a copy of it at
 * `path`, because only children enter a new PID namespace. */
static inline void traced_become(
	const char *program, const char *path, void (*prepare)(void *), void *ctx, int out)
{
	pid_t child;
	int status, told[2];

	if (!prepare) {
		execl(program, program, NULL);
		_exit(127);
	}
	prepare(ctx);
	if (strcmp(program, path) != 0) {
		FILE *from = fopen(program, "re"), *to = fopen(path, "we");
		int c;

		if (!from || !to)
			_exit(126);
		while ((c = getc(from)) != EOF)
			putc(c, to);
		fclose(from);
		fchmod(fileno(to), 0755);
		fclose(to);
	}
	if (pipe(told))
		_exit(126);
	child = fork();
	if (!child) {
		/* what is reported about it comes before what it prints */
		close(told[1]);
		while (read(told[0], &status, 1) > 0)
			;
		close(told[0]);
		execl(path, path, NULL);
		_exit(127);
	}
	dprintf(out, "pid %d\n", child);
	close(told[0]);
	close(told[1]);
	close(0);
	close(out);
	waitpid(child, &status, 0);
	_exit(0);
}

/* Starts a copy of `program` at `path`, with `prepare` having changed what it sees. Returns false if
 * `prepare` could not. */
static inline bool traced_start_in(
	struct traced *t, const char *program, const char *path, void (*prepare)(void *), void *ctx)
{
	int in[2], out[2];
	pid_t pid;

	memset(t, 0, sizeof(*t));
	if (pipe(in) || pipe(out))
		abort();
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		abort();
	if (!pid) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		for (int i = 0; i < 2; i++) {
			close(in[i]);
			close(out[i]);
		}
		traced_become(program, path, prepare, ctx, 1);
	}
	close(in[0]);
	close(out[1]);
	t->in = fdopen(in[1], "w");
	t->out = fdopen(out[0], "r");
	t->pid = t->own_pid = pid;
	if (prepare) {
		t->helper = pid;
		t->own_pid = 1;
	}
	if (traced_listen(t))
		return true;
	fclose(t->in);
	fclose(t->out);
	waitpid(pid, NULL, 0);
	return false;
}

static inline void traced_start(struct traced *t, const char *program)
{
	if (!traced_start_in(t, program, program, NULL, NULL)) {
		printf("%s did not run\n", program);
		abort();
	}
}

/* Ends the target, and waits until it has ended. */
static inline void traced_end(struct traced *t)
{
	fclose(t->in);
	while (fgetc(t->out) != EOF)
		;
	fclose(t->out);
	waitpid(t->helper ? t->helper : t->pid, NULL, 0);
}

#endif
