/* SPDX-License-Identifier: Apache-2.0 */
/* A static probe of this program at two locations, one of the same name from another provider, and a text
 * that counts them. */
#ifndef TESTS_KERNEL_TWO_PLACES_H
#define TESTS_KERNEL_TWO_PLACES_H

#include "static_probe.h"
#include "testlib.h"

#define OWN_PROGRAM "/proc/self/exe"
#define FIRED 29

/* Slot 1 of counts: how often on_any ran; 2: the sum of the arguments that it read. It runs for whoever
 * fires: for processes that the test names by PID when it attaches. */
#define COUNTING_TEXT                                                                                           \
	"BPF_ARRAY(counts, u64, 8);\n"                                                                          \
	"static inline void count(int slot, u64 amount)\n"                                                      \
	"{\n"                                                                                                   \
	"	u64 *v = counts.lookup(&slot);\n"                                                                     \
	"	if (v) __sync_fetch_and_add(v, amount);\n"                                                            \
	"}\n"                                                                                                   \
	"static inline u64 in_helper(struct pt_regs *ctx) { u64 v; bpf_usdt_readarg(1, ctx, &v); return v; }\n" \
	"int on_any(struct pt_regs *ctx) { count(1, 1); count(2, in_helper(ctx)); return 0; }\n"

STATIC_PROBE_SEMAPHORE(bcc_test_semaphore);

/* Two locations of one probe, whose argument is in a different register at each. */
static __attribute__((noinline)) void fire_first(uint64_t value)
{
	register uint64_t a __asm__(STATIC_PROBE_ONE) = value;

	__asm__ volatile(STATIC_PROBE("bcc_test", "twice", "bcc_test_semaphore", "8@" STATIC_PROBE_ONE_64)
		:
		: "r"(a));
}

static __attribute__((noinline)) void fire_second(uint64_t value)
{
	register uint64_t a __asm__(STATIC_PROBE_TWO) = value + 1000;

	__asm__ volatile(STATIC_PROBE("bcc_test", "twice", "bcc_test_semaphore", "8@" STATIC_PROBE_TWO_64)
		:
		: "r"(a));
}

/* The same name from another provider. */
static __attribute__((noinline)) void fire_other(void)
{
	__asm__ volatile(STATIC_PROBE("bcc_other", "twice", "0",
		"8@" STATIC_PROBE_NUMBER(100000) " 4@" STATIC_PROBE_NUMBER(1) " 4f@f0")
		:
		:);
}

static inline void fire_all(int times)
{
	for (int i = 1; i <= times; i++) {
		fire_first(i);
		fire_second(i);
		fire_other();
	}
}

/* Skips if nothing can be attached. */
static inline struct bcc *open_probing(const char *text, const char *flag)
{
	if (access("/sys/bus/event_source/devices/uprobe", F_OK))
		test_missing("this kernel has no uprobes");
	return open_test_text(text, flag);
}

#endif
