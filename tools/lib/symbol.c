/* SPDX-License-Identifier: Apache-2.0 */
#include <bcc/symbols.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "symbol.h"

/* Processes, most of which have ended: files that several have mapped are known once. */
enum { TABLES = 4096 };

struct symbol_table {
	struct symbol_owner owner;
	struct bcc_symbols *symbols;
	UT_hash_handle hh;
};

/* Those that were used last come last. */
static struct symbol_table *tables;

static void symbol_forget(struct symbol_table *table)
{
	HASH_DEL(tables, table);
	bcc_symbols_close(table->symbols);
	free(table);
}

static struct symbol_table *symbol_new(const struct symbol_owner *owner)
{
	struct symbol_table *table = calloc(1, sizeof(*table));

	if (!table)
		buffer_no_memory();
	table->owner = *owner;
	/* a table that cannot be opened carries the error, and knows nothing */
	if (owner->pid)
		bcc_symbols_open_process(owner->pid, NULL, &table->symbols);
	else
		bcc_symbols_open_kernel(NULL, &table->symbols);
	return table;
}

static struct bcc_symbols *symbol_table(const struct symbol_owner *owner, bool refresh)
{
	struct symbol_table *found;

	HASH_FIND(hh, tables, owner, sizeof(*owner), found);
	if (found)
		HASH_DEL(tables, found);
	if (found && refresh)
		bcc_symbols_refresh(found->symbols);
	if (!found)
		found = symbol_new(owner);
	HASH_ADD(hh, tables, owner, sizeof(found->owner), found);
	if (HASH_COUNT(tables) > TABLES)
		symbol_forget(tables);
	return found->symbols;
}

void symbol_see(const struct symbol_owner *owner)
{
	symbol_table(owner, true);
}

void symbol_add(struct buffer *b, const struct symbol_owner *owner, uint64_t address, unsigned flags)
{
	struct bcc_symbols *symbols = symbol_table(owner, false);
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

void symbol_add_known(struct buffer *b, const struct symbol_owner *owner, uint64_t address, unsigned flags)
{
	struct bcc_symbols *symbols = symbol_table(owner, false);
	char name[1024];

	buffer_text(b, symbols ? bcc_symbols_text(symbols, address, flags, name, sizeof(name)) : "[unknown]");
}

bool symbol_is_code(const struct symbol_owner *owner, uint64_t address)
{
	return bcc_symbols_is_code(symbol_table(owner, false), address);
}

size_t symbol_stack_frames(const struct symbol_owner *owner, const void *addresses, size_t count)
{
	struct bcc_symbols *symbols = symbol_table(owner, false);
	uint64_t address;
	size_t end = 0;

	for (size_t i = 0; i < count; i++, end = i) {
		memcpy(&address, (const char *)addresses + i * sizeof(address), sizeof(address));
		if (!address)
			break;
	}
	for (size_t i = symbols ? end : 0; i; i--) {
		memcpy(&address, (const char *)addresses + (i - 1) * sizeof(address), sizeof(address));
		if (bcc_symbols_is_code(symbols, address))
			return i < end ? i + 1 : end;
	}
	/* nothing is known of the process */
	return end;
}

void symbol_close(void)
{
	while (tables)
		symbol_forget(tables);
}
