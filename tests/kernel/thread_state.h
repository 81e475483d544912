/* SPDX-License-Identifier: Apache-2.0 */
/* What a thread of this process is doing, as the kernel tells it. */
#ifndef TESTS_KERNEL_THREAD_STATE_H
#define TESTS_KERNEL_THREAD_STATE_H

#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

/* 'R', 'S' if it sleeps, 'D' if signals do not end that; 0: it is gone. */
static inline char thread_state(pid_t tid)
{
	char path[64], text[256] = "", *end;
	FILE *f;

	sprintf(path, "/proc/self/task/%d/stat", tid);
	f = fopen(path, "r");
	if (f && !fgets(text, sizeof(text), f))
		*text = '\0';
	if (f)
		fclose(f);
	end = strrchr(text, ')');
	return end && end[1] == ' ' ? end[2] : 0;
}

#endif
