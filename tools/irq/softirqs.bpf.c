/* SPDX-License-Identifier: Apache-2.0 */
/* Soft interrupts, by their vector. */
#include "irqs.bpf.h"

RAW_TRACEPOINT_PROBE(softirq_entry)
{
	struct irqs_key key = {.number = ctx->args[0]};

	if (irqs_is_unwanted())
		return 0;
	if (counting)
		irqs_count(&key, 0);
	else
		irqs_begin(key.number + 1);
	return 0;
}

RAW_TRACEPOINT_PROBE(softirq_exit)
{
	struct irqs_key key = {.number = ctx->args[0]};
	u64 time = irqs_end(key.number + 1);

	if (time)
		irqs_count(&key, time);
	return 0;
}
