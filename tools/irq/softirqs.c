/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "column.h"
#include "common/array.h"
#include "irqs.h"

/* As the kernel numbers them. */
static void irqs_name(const struct tool_row *row, struct value *value)
{
	static const char *const names[] = {
		"hi", "timer", "net_tx", "net_rx", "block", "irq_poll", "tasklet", "sched", "hrtimer", "rcu"};
	uint32_t number = ((const struct irqs_key *)row->data)->number;
	static char text[16];

	if (number < ARRAY_SIZE(names)) {
		value_text(value, names[number], strlen(names[number]));
		return;
	}
	value_text(value, text, snprintf(text, sizeof(text), "%u", number));
}

#define IRQS_NAME "softirqs"
#define IRQS_KIND "soft irq"
#define IRQS_COLUMN "SOFTIRQ"
#define IRQS_SECTION "softirq"
#define IRQS_WIDTH (-16)
#define IRQS_COUNT_OPTION "events"
#define IRQS_OPTIONS
#define IRQS_DETAILS "Time in a soft interrupt contains that of hard interrupts which arrive meanwhile."
#include "irqs_tool.h"
