/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a program or library that a process has mapped: its symbols by address and by name. */
#include <sys/mman.h>
#include <unistd.h>

#include "libbcc/symbols/elf/elf_symbols.h"
#include "libbcc/symbols/elf/elf_table.h"
#include "fuzz.h"

static void look_up(const struct bcc_elf_table *table)
{
	uint64_t address;

	for (size_t i = 0; i < table->count; i++) {
		const struct bcc_elf_entry *entry = &table->entries[i];
		const struct bcc_elf_entry *found = bcc_elf_table_at(table, entry->address);

		REQUIRE(entry->parent == UINT32_MAX || entry->parent < i);
		REQUIRE(i == 0 || table->entries[i - 1].address <= entry->address);
		REQUIRE(!found || entry->address - found->address < found->size);
		REQUIRE(strlen(bcc_elf_entry_name(table, entry)) < 1 << 20);
		bcc_elf_table_at(table, entry->address + entry->size);
	}
	bcc_elf_table_find(table, "main");
	bcc_elf_table_address(table, 0x1000, &address);
}

static void find_function(int fd)
{
	struct bcc_elf_function function;
	struct bcc_err err = {0};
	struct bcc_elf *elf;
	uint64_t offset;

	if (!bcc_elf_open(NULL, fd, "/fuzzed", &elf)) {
		int result = bcc_elf_find_function(&err, elf, "layout_sized@V1", &function);

		require_answer(result, &err);
		if (!result)
			bcc_elf_file_offset(NULL, elf, function.address, &offset);
	}
	bcc_elf_close(elf);
	bcc_err_clear(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct bcc_root own = {.fd = -1};
	const struct bcc_elf_table *table = NULL;
	struct bcc_err err = {0};
	int fd = memfd_create("fuzzed", MFD_CLOEXEC), code;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	code = bcc_elf_table_get(&err, fd, "/fuzzed", &own, BCC_ELF_DATA, &table);
	require_answer(code, &err);
	if (!code)
		look_up(table);
	bcc_elf_table_put(table);
	bcc_err_clear(&err);
	find_function(fd);
	close(fd);
	return 0;
}
