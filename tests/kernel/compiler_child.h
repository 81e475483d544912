/* SPDX-License-Identifier: Apache-2.0 */
/* The process that compiles a text, as seen by tests. */
#ifndef TESTS_KERNEL_COMPILER_CHILD_H
#define TESTS_KERNEL_COMPILER_CHILD_H

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

#include "testlib.h"

/* The address sanitizer reserves all addresses, finds its own way with stacks, and needs files of the
 * root. */
#if defined(__SANITIZE_ADDRESS__)
#define not_with_sanitizers(what) test_too_old("with the address sanitizer, " what)
#else
#define not_with_sanitizers(what) ((void)0)
#endif

#define SMALL_TEXT "int f(void *ctx) { return 0; }\n"

/* A text that takes the compiler minutes: a test ends it, whatever it waits for. The caller frees it. */
static inline char *slow_text(void)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	fprintf(out, "int f(void *ctx) { int x = bpf_get_prandom_u32(); switch (x) {\n");
	for (int i = 0; i < 16000; i++)
		fprintf(out, "case %d: x += bpf_get_prandom_u32() * %d; break;\n", 7 * i, i);
	fprintf(out, "} return x; }\n");
	assert_int_equal(fclose(out), 0);
	return text;
}

/* 0: none. */
static inline pid_t find_compiler_of(pid_t parent)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	pid_t found = 0;

	assert_non_null(dir);
	while (!found && (entry = readdir(dir))) {
		char path[300], name[64] = "";
		int pid, ppid = 0;
		FILE *stat;

		snprintf(path, sizeof(path), "/proc/%s/stat", entry->d_name);
		stat = strspn(entry->d_name, "0123456789") ? fopen(path, "re") : NULL;
		if (!stat)
			continue;
		if (fscanf(stat, "%d (%63[^)]) %*c %d", &pid, name, &ppid) == 3 && ppid == parent &&
			strcmp(name, "bcc-compile") == 0)
			found = pid;
		fclose(stat);
	}
	closedir(dir);
	return found;
}

static inline void rest(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
}

/* Waits until the process is compiling. */
static inline pid_t await_compiler_of(pid_t parent)
{
	pid_t found;

	while (!(found = find_compiler_of(parent)))
		rest();
	return found;
}

/* Another thread that acts while this one compiles. */
struct meanwhile {
	pthread_t thread;
	void (*act)(struct meanwhile *m);
	int cancel_fd;
	int signal;
};

static inline void *act_meanwhile(void *arg)
{
	struct meanwhile *m = arg;

	m->act(m);
	return NULL;
}

static inline void begin_meanwhile(struct meanwhile *m)
{
	assert_int_equal(pthread_create(&m->thread, NULL, act_meanwhile, m), 0);
}

#endif
