/* SPDX-License-Identifier: Apache-2.0 */
#include <bcc/symbols.h>
#include <stdbool.h>
#include <string.h>

#include "symbol.h"

enum { TABLES = 64 };

/* Those that were used last come first. */
static struct symbol_table {
	struct symbol_owner owner;
	struct bcc_symbols *symbols;
} tables[TABLES];
static unsigned table_count;

static struct bcc_symbols *symbol_table(const struct symbol_owner *owner)
{
	struct symbol_table found = {.owner = *owner};
	unsigned i = 0;

	while (i < table_count &&
		(tables[i].owner.pid != owner->pid || tables[i].owner.start != owner->start))
		i++;
	if (i < table_count) {
		found = tables[i];
	} else if (table_count < TABLES) {
		table_count++;
	} else {
		i--;
		bcc_symbols_close(tables[i].symbols);
	}
	memmove(&tables[1], &tables[0], i * sizeof(tables[0]));
	/* a table that cannot be opened carries the error, and knows nothing */
	if (!found.symbols && owner->pid)
		bcc_symbols_open_process(owner->pid, NULL, &found.symbols);
	else if (!found.symbols)
		bcc_symbols_open_kernel(NULL, &found.symbols);
	tables[0] = found;
	return found.symbols;
}

void symbol_add(struct buffer *b, const struct symbol_owner *owner, uint64_t address, unsigned flags)
{
	struct bcc_symbols *symbols = symbol_table(owner);
	struct bcc_symbol_info info = {0};
	const char *slash;
	char name[1024];

	if (symbols && !bcc_symbols_resolve(symbols, address, &info)) {
		buffer_text(b, bcc_symbols_text(symbols, address, flags, name, sizeof(name)));
		return;
	}
	buffer_printf(b, "0x%llx", (unsigned long long)address);
	if (!info.module || !(flags & BCC_SYMBOL_MODULE))
		return;
	slash = strrchr(info.module, '/');
	buffer_text(b, " [");
	buffer_text(b, slash ? slash + 1 : info.module);
	buffer_char(b, ']');
}

void symbol_close(void)
{
	while (table_count)
		bcc_symbols_close(tables[--table_count].symbols);
}
