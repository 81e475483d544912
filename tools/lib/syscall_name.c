/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "common/array.h"
#include "syscall_name.h"

/* Since Linux 5.1 all architectures give new calls the same number, but for these that only x86 has. */
static const struct syscall_row newer[] = {
	{450, "set_mempolicy_home_node"},
	{451, "cachestat"},
	{452, "fchmodat2"},
	{453, "map_shadow_stack"},
	{454, "futex_wake"},
	{455, "futex_wait"},
	{456, "futex_requeue"},
	{457, "statmount"},
	{458, "listmount"},
	{459, "lsm_get_self_attr"},
	{460, "lsm_set_self_attr"},
	{461, "lsm_list_modules"},
	{462, "mseal"},
	{463, "setxattrat"},
	{464, "getxattrat"},
	{465, "listxattrat"},
	{466, "removexattrat"},
	{467, "open_tree_attr"},
	{468, "file_getattr"},
	{469, "file_setattr"},
#ifdef __x86_64__
	{335, "uretprobe"},
	{336, "uprobe"},
#endif
	{-1, NULL},
};

static const char *syscall_find(const struct syscall_row *row, int number)
{
	while (row->name && row->number != number)
		row++;
	return row->name;
}

const char *syscall_name(int number, bool of_32_bits)
{
	const char *name = syscall_find(of_32_bits ? syscall_rows_32 : syscall_rows, number);
	static char text[64];

	/* 335 and 336 are others there */
	if (!name && (!of_32_bits || number >= newer[0].number))
		name = syscall_find(newer, number);
	if (name && !of_32_bits)
		return name;
	if (name)
		snprintf(text, sizeof(text), "%s (32 bits)", name);
	else
		snprintf(
			text, sizeof(text), of_32_bits ? "[unknown: %d] (32 bits)" : "[unknown: %d]", number);
	return text;
}

int syscall_number(const char *name)
{
	for (const struct syscall_row *row = syscall_rows; row->name; row++)
		if (!strcmp(row->name, name))
			return row->number;
	for (const struct syscall_row *row = newer; row->name; row++)
		if (!strcmp(row->name, name))
			return row->number;
	return -1;
}

const char *syscall_of_function(const char *function, bool is_pattern)
{
	/* those of the first two are names of other functions too: sys_imageblit */
	static const char *const prefixes[] = {"sys_", "SyS_", "__x64_sys_", "__ia32_sys_", "__arm64_sys_",
		"__s390x_sys_", "__riscv_sys_", "__loongarch_sys_"};

	for (size_t i = is_pattern ? 2 : 0; i < ARRAY_SIZE(prefixes); i++) {
		size_t length = strlen(prefixes[i]);

		if (!strncmp(function, prefixes[i], length) &&
			(is_pattern || syscall_number(function + length) >= 0))
			return function + length;
	}
	return NULL;
}

void syscall_each(void (*item)(void *ctx, const char *name), void *ctx)
{
	for (const struct syscall_row *row = syscall_rows; row->name; row++)
		item(ctx, row->name);
	for (const struct syscall_row *row = newer; row->name; row++)
		if (!syscall_find(syscall_rows, row->number))
			item(ctx, row->name);
}
