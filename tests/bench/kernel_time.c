/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel_time.h"

#include <errno.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct kernel_time kernel_time = {.clock = CLOCK_MONOTONIC};

uint64_t kernel_time_now(void)
{
	struct timespec t;

	clock_gettime(kernel_time.clock, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

long raw_syscall(long number, const long *a)
{
	long result;
#if defined(__x86_64__)
	register long r10 __asm__("r10") = a[3];
	register long r8 __asm__("r8") = a[4];
	register long r9 __asm__("r9") = a[5];

	__asm__ volatile("syscall"
		: "=a"(result)
		: "a"(number), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
		: "rcx", "r11", "memory");
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a[0];
	register long x1 __asm__("x1") = a[1];
	register long x2 __asm__("x2") = a[2];
	register long x3 __asm__("x3") = a[3];
	register long x4 __asm__("x4") = a[4];
	register long x5 __asm__("x5") = a[5];

	__asm__ volatile("svc 0"
		: "+r"(x0)
		: "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
		: "memory");
	result = x0;
#endif
	return result;
}

static long counted(long number, const long *a, uint64_t *sum)
{
	uint64_t begin = sum ? kernel_time_now() : 0;
	long result = raw_syscall(number, a);

	if (sum)
		*sum += kernel_time_now() - begin;
	if (result < 0 && result > -4096) {
		errno = -result;
		return -1;
	}
	return result;
}

__attribute__((visibility("default"))) long syscall(long number, ...)
{
	uint64_t *sum = NULL;
	va_list args;
	long a[6];

	va_start(args, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	if (number == SYS_bpf)
		sum = &kernel_time.bpf;
	else if (number == SYS_perf_event_open)
		sum = &kernel_time.events;
	return counted(number, a, sum);
}

__attribute__((visibility("default"))) int ioctl(int fd, unsigned long request, ...)
{
	long a[6] = {fd, request};
	va_list args;

	va_start(args, request);
	a[2] = va_arg(args, long);
	va_end(args);
	return counted(SYS_ioctl, a, &kernel_time.events);
}

__attribute__((visibility("default"))) int close(int fd)
{
	const long a[6] = {fd};

	return counted(SYS_close, a, &kernel_time.events);
}
