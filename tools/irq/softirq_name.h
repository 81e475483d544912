/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_SOFTIRQ_NAME_H
#define TOOLS_SOFTIRQ_NAME_H

#include <stdio.h>
#include <string.h>

#include "column.h"
#include "common/array.h"

/* What a soft interrupt is called, as the kernel numbers them. It is valid until the next call. */
static inline void softirq_name(uint32_t number, struct value *value)
{
	static const char *const names[] = {
		"hi", "timer", "net_tx", "net_rx", "block", "irq_poll", "tasklet", "sched", "hrtimer", "rcu"};
	static char text[16];

	if (number < ARRAY_SIZE(names)) {
		value_text(value, names[number], strlen(names[number]));
		return;
	}
	value_text(value, text, snprintf(text, sizeof(text), "%u", number));
}

#endif
