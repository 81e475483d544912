/* SPDX-License-Identifier: Apache-2.0 */
#include "stack.h"

#include <bcc/symbols.h>
#include <string.h>

#include "buffer.h"

static struct bcc_symbols *stack_symbols;
static struct buffer stack_text;

static void stack_add(uint64_t address)
{
	struct bcc_symbol_info info;
	char name[512];

	if (stack_symbols && !bcc_symbols_resolve(stack_symbols, address, &info)) {
		bcc_symbols_text(stack_symbols, address, BCC_SYMBOL_OFFSET, name, sizeof(name));
		buffer_text(&stack_text, name);
	} else {
		buffer_printf(&stack_text, "0x%llx", (unsigned long long)address);
	}
	buffer_char(&stack_text, '\0');
}

void stack_value(struct value *value, const uint64_t *addresses, unsigned count)
{
	static bool tried;

	if (!tried)
		bcc_symbols_open_kernel(NULL, &stack_symbols);
	tried = true;
	stack_text.size = 0;
	for (unsigned i = 0; i < count; i++)
		stack_add(addresses[i]);
	value_text(value, count ? stack_text.data : "", stack_text.size);
	value->kind = VALUE_LIST;
}

void stack_close(void)
{
	bcc_symbols_close(stack_symbols);
	stack_symbols = NULL;
	buffer_free(&stack_text);
}
