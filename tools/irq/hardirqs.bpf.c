/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers of interrupts. Devices can share one: each has a handler of its own. */
#include "irqs.bpf.h"

#include <linux/interrupt.h>

const volatile bool by_number;

static inline void key_of(struct irqs_key *key, int number, struct irqaction *action)
{
	if (by_number)
		key->number = number;
	bpf_probe_read_kernel_str(key->name, sizeof(key->name), action->name);
}

RAW_TRACEPOINT_PROBE(irq_handler_entry)
{
	struct irqaction *action = (struct irqaction *)ctx->args[1];
	struct irqs_key key = {};

	if (irqs_is_unwanted())
		return 0;
	if (counting) {
		key_of(&key, ctx->args[0], action);
		irqs_count(&key, 0);
	} else {
		irqs_begin((u64)action);
	}
	return 0;
}

RAW_TRACEPOINT_PROBE(irq_handler_exit)
{
	struct irqaction *action = (struct irqaction *)ctx->args[1];
	struct irqs_key key = {};
	u64 time = irqs_end((u64)action);

	if (time) {
		key_of(&key, ctx->args[0], action);
		irqs_count(&key, time);
	}
	return 0;
}
