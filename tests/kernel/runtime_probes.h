/* SPDX-License-Identifier: Apache-2.0 */
/* Static probes as runtimes of languages have them, in this program: their arguments are texts and numbers
 * that the test knows. */
#ifndef TESTS_KERNEL_RUNTIME_PROBES_H
#define TESTS_KERNEL_RUNTIME_PROBES_H

#include <stdint.h>

#include "static_probe.h"

/* A probe with up to eight arguments, which are in memory so that they are the same on each architecture. */
struct runtime_arguments {
	uint64_t values[8];
};

#if defined(__x86_64__)
#define RUNTIME_REGISTER "rbx"
#define RUNTIME_AT(offset) "8@" #offset "(%%rbx)"
#elif defined(__aarch64__)
#define RUNTIME_REGISTER "x19"
#define RUNTIME_AT(offset) "8@[x19, " #offset "]"
#endif
#define RUNTIME_ARGUMENTS                                                                                    \
	RUNTIME_AT(0)                                                                                        \
	" " RUNTIME_AT(8) " " RUNTIME_AT(16) " " RUNTIME_AT(24) " " RUNTIME_AT(32) " " RUNTIME_AT(           \
		40) " " RUNTIME_AT(48) " " RUNTIME_AT(56)

#define RUNTIME_PROBE(provider, name, ...)                                                                   \
	do {                                                                                                 \
		struct runtime_arguments arguments_ = {{__VA_ARGS__}};                                       \
		register struct runtime_arguments *at_ __asm__(RUNTIME_REGISTER) = &arguments_;              \
                                                                                                             \
		__asm__ volatile(STATIC_PROBE(provider, name, "0", RUNTIME_ARGUMENTS)                        \
			:                                                                                    \
			: "r"(at_)                                                                           \
			: "memory");                                                                         \
	} while (0)
#define TEXT(text) (uintptr_t)(text)

#endif
