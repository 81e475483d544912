/* SPDX-License-Identifier: Apache-2.0 */
#include "irqs.h"
#include "softirq_name.h"

static void irqs_name(const struct tool_row *row, struct value *value)
{
	softirq_name(((const struct irqs_key *)row->data)->number, value);
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
