/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program without frame pointers: it spends its time, or sleeps, in known functions that are called by
 * recursion, by the C library and by another library, with functions that are inlined. It burns MS of CPU
 * time at least, and TURNS times in each way: while an emulated machine waits, the time of its processes
 * passes too.
 *
 *   unwound burn MS | sleep TIMES
 *
 * It begins when it can read a byte.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "unwound.h"

#define ALWAYS static inline __attribute__((always_inline))
#define NEVER __attribute__((noinline))

/* Names that the linker has. */
void unwound_bottom(void);
void unwound_recurse(int depth);
int unwound_compare(const void *a, const void *b);
void unwound_sort(void);

enum { TURNS = 100 };

static volatile unsigned long burnt;
static int burns;

ALWAYS void unwound_inner(void)
{
	for (int i = 0; i < 300000; i++)
		burnt += i;
}

ALWAYS void unwound_middle(void)
{
	unwound_inner();
	burnt++;
}

NEVER void unwound_bottom(void)
{
	const struct timespec ms = {.tv_nsec = 1000000};

	if (burns)
		unwound_middle();
	else
		nanosleep(&ms, NULL);
	burnt++;
}

NEVER void unwound_recurse(int depth)
{
	volatile char room[64];

	room[depth] = 1;
	if (depth)
		unwound_recurse(depth - 1);
	else
		unwound_bottom();
	room[depth]++;
}

NEVER int unwound_compare(const void *a, const void *b)
{
	unwound_bottom();
	return *(const int *)a - *(const int *)b;
}

NEVER void unwound_sort(void)
{
	int numbers[] = {2, 1};

	qsort(numbers, 2, sizeof(*numbers), unwound_compare);
	burnt += numbers[0];
}

static long used_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int main(int argc, char **argv)
{
	long number = argc > 2 ? atol(argv[2]) : 0;
	char go;

	if (read(0, &go, 1) != 1)
		return 1;
	burns = argc > 2 && !strcmp(argv[1], "burn");
	for (long i = 0; burns ? i < TURNS || used_ms() < number : i < number; i++) {
		unwound_recurse(20);
		unwound_sort();
		unwound_call(unwound_bottom);
	}
	/* without what is called when main() has returned */
	_exit(0);
}
