/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "column.h"
#include "irqs.h"

static void irqs_name(const struct tool_row *row, struct value *value)
{
	const struct irqs_key *key = row->data;

	value_text(value, key->name, strnlen(key->name, sizeof(key->name)));
}

#define IRQS_NAME "hardirqs"
#define IRQS_KIND "hard irq"
#define IRQS_COLUMN "HARDIRQ"
#define IRQS_SECTION "hardirq"
#define IRQS_WIDTH (-26)
#define IRQS_COUNT_OPTION "count"
#define IRQS_OPTIONS                                                                                         \
	OPTION_FLAG(0, "per-irq", "each interrupt for itself, if several have the same name",                \
		.variable = "by_number", .columns = "NUMBER"),
#define IRQS_DETAILS                                                                                         \
	"Handlers of devices, by the names of /proc/interrupts. Interrupts that the kernel handles itself, " \
	"such as those of the local timer, are not among them."
#include "irqs_tool.h"
