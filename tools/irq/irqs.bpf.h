/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts interrupts and how long their handlers run. Handlers do not leave their CPU: what is under way is
 * kept there. One that is interrupted by another is on a stack; its time has that of the other one in it.
 */
#define HIST_SECTION_TYPE struct irqs_key
#include "irqs.h"
#include "filter.bpf.h"
#include "hist.bpf.h"

#define IRQS_DEPTH 8

const volatile bool counting, by_cpu, with_hist;
const volatile u32 only_cpu = 0xffffffff;
const volatile u64 unit = 1000; /* nanoseconds in a unit of the histogram */

BPF_HASH(irqs, struct irqs_key, struct irqs_value, 16384);

struct irqs_stack {
	u64 depth;
	struct {
		u64 what, begin;
	} handlers[IRQS_DEPTH];
};
BPF_PERCPU_ARRAY(irqs_running, struct irqs_stack, 1);

static inline bool irqs_is_unwanted(void)
{
	if (only_cpu != 0xffffffff && bpf_get_smp_processor_id() != only_cpu)
		return true;
	return current_is_unwanted();
}

static inline void irqs_count(struct irqs_key *key, u64 time)
{
	struct irqs_value *value, none = {};

	if (by_cpu)
		key->cpu = bpf_get_smp_processor_id();
	value = irqs.lookup(key);
	if (!value) {
		/* another CPU may have been quicker */
		irqs.insert(key, &none);
		value = irqs.lookup(key);
	}
	if (!value) {
		event_missed();
		return;
	}
	__sync_fetch_and_add(&value->count, 1);
	__sync_fetch_and_add(&value->time, time);
	/* two CPUs at once may forget one of them */
	if (time > value->longest)
		value->longest = time;
	if (with_hist) {
		struct hist_key slot = {.section = *key, .slot = bpf_log2l(time / unit)};

		hist_add(&slot);
	}
}

/* The handler `what` begins to run. */
static inline void irqs_begin(u64 what)
{
	u32 zero = 0;
	struct irqs_stack *s = irqs_running.lookup(&zero);
	u64 depth;

	if (!s)
		return;
	depth = s->depth;
	if (depth >= IRQS_DEPTH)
		depth = 0; /* ends were not seen */
	s->handlers[depth].what = what;
	s->handlers[depth].begin = bpf_ktime_get_ns();
	s->depth = depth + 1;
}

/* How long it ran; 0: not known, as it began before tracing did. */
static inline u64 irqs_end(u64 what)
{
	u64 now = bpf_ktime_get_ns(), begin = 0;
	u32 zero = 0;
	struct irqs_stack *s = irqs_running.lookup(&zero);
	u64 depth;

	if (!s)
		return 0;
	depth = s->depth;
	/* the upmost one; those above it are of handlers whose end was not seen */
	for (int i = 0; i < IRQS_DEPTH; i++)
		if (i < depth && s->handlers[i].what == what) {
			begin = s->handlers[i].begin;
			s->depth = i;
		}
	return begin ? now - begin : 0;
}
