/* SPDX-License-Identifier: Apache-2.0 */
/* A program of known functions: static and global ones, one that is inlined, nested calls. */
#include "symbols.h"
#include "../kernel/static_probe.h"

#define noinline __attribute__((noinline, noclone))

static volatile int sink;

/* a function before and after each that is looked for, so that being off by a little gives a wrong name */
noinline int target_before(int x);
noinline int target_before(int x)
{
	return sink += x;
}

static noinline int target_leaf(int x)
{
	sink = x;
	return sink + 1;
}

static noinline int target_innermost(int x)
{
	return target_leaf(x + 1) + sink;
}

static inline __attribute__((always_inline)) int target_inlined(int x)
{
	return target_innermost(x + 1) + 1;
}

noinline int target_middle(int x);
noinline int target_middle(int x)
{
	return target_inlined(x) + sink;
}

static noinline int target_outer(int x)
{
	return target_middle(x) + sink;
}

noinline int target_after(int x);
noinline int target_after(int x)
{
	return sink -= x;
}

static void target_say_own(void)
{
	target_say("target_before", (const void *)target_before);
	target_say("target_leaf", (const void *)target_leaf);
	target_say("target_innermost", (const void *)target_innermost);
	target_say("target_middle", (const void *)target_middle);
	target_say("target_outer", (const void *)target_outer);
	target_say("target_after", (const void *)target_after);
}

static int target_call(void)
{
	return target_outer(1) + 1;
}

int main(void)
{
	__asm__ volatile(STATIC_PROBE("bcc_target", "started", "0", ""));
	return target_run();
}
