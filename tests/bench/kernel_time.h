/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Separates the kernel's time from the library's: an executable with this has its own syscall(), close() and
 * ioctl(), which the libraries that it loads find before libc's (ENABLE_EXPORTS).
 */
#ifndef BENCH_KERNEL_TIME_H
#define BENCH_KERNEL_TIME_H

#include <stdint.h>
#include <time.h>

struct kernel_time {
	clockid_t clock; /* CLOCK_MONOTONIC by default */
	uint64_t bpf;	 /* nanoseconds in bpf() */
	uint64_t events; /* in perf_event_open(), ioctl() and close() */
};
extern struct kernel_time kernel_time;

/* Nanoseconds of kernel_time.clock. */
uint64_t kernel_time_now(void);
/* Without being counted, and without errno. `a`: six arguments. */
long raw_syscall(long number, const long *a);

#endif
