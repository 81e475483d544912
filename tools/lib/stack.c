/* SPDX-License-Identifier: Apache-2.0 */
#include "stack.h"

#include <bcc/symbols.h>

#include "buffer.h"
#include "symbol.h"

static struct buffer stack_text;

void stack_value(struct value *value, const uint64_t *addresses, unsigned count)
{
	static const struct symbol_owner kernel;

	stack_text.size = 0;
	for (unsigned i = 0; i < count; i++) {
		symbol_add(&stack_text, &kernel, addresses[i], BCC_SYMBOL_OFFSET);
		buffer_char(&stack_text, '\0');
	}
	value_text(value, count ? stack_text.data : "", stack_text.size);
	value->kind = VALUE_LIST;
}

void stack_close(void)
{
	symbol_close();
	buffer_free(&stack_text);
}
