/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LOOP(most, step, context): calls long step(u64 number, void *context) until it returns 1, at most so many
 * times.
 *
 * The verifier follows each round of a loop, but a function that bpf_loop() calls two or three times (Linux
 * 5.17). What the context points to is the program's own memory; pointers in it are taken for the kernel's.
 */
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 17, 0)
#define LOOP(most, step, context) bpf_loop(most, step, context, 0)
#else
#define LOOP(most, step, context)                                                                            \
	for (u32 round_ = 0; round_ < (most); round_++)                                                      \
		if (step(round_, context))                                                                   \
			break;
#endif
