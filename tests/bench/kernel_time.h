/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel does told from what a library does: an executable with this has syscall(), close() and
 * ioctl() of its own, which the libraries that it loads find before libc's (ENABLE_EXPORTS).
 */
#ifndef BENCH_KERNEL_TIME_H
#define BENCH_KERNEL_TIME_H

#include <stdint.h>
#include <time.h>

struct kernel_time {
	clockid_t clock; /* CLOCK_MONOTONIC until set otherwise */
	uint64_t bpf;	 /* nanoseconds in bpf() */
	uint64_t events; /* in perf_event_open(), ioctl() and close() */
};
extern struct kernel_time kernel_time;

/* Nanoseconds of kernel_time.clock */
uint64_t kernel_time_now(void);
/* Past all counting, and without errno. `a`: six of them */
long raw_syscall(long number, const long *a);

#endif
