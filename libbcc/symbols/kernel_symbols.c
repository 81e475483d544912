/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel_symbols.h"

#include <errno.h>
#include <string.h>

#include "../cleanup.h"

/* "ADDRESS TYPE NAME[\t[MODULE]]", ADDRESS in hex */
static bool parse(char *line, struct bcc_kernel_symbol *symbol)
{
	char *end, *module;

	symbol->address = strtoull(line, &end, 16);
	if (end == line || end[0] != ' ' || !end[1] || end[2] != ' ')
		return false;
	symbol->type = end[1];
	symbol->name = end + 3;
	symbol->module = "";
	end = strchr(symbol->name, '\n');
	if (end)
		*end = '\0';
	module = strchr(symbol->name, '\t');
	if (module) {
		*module++ = '\0';
		if (*module == '[')
			module++;
		module[strcspn(module, "]")] = '\0';
		symbol->module = module;
	}
	return *symbol->name;
}

int bcc_kernel_symbols_each(bcc_kernel_symbol_fn fn, void *ctx)
{
	bcc_auto_file FILE *f = fopen("/proc/kallsyms", "re");
	bcc_auto_free char *line = NULL;
	size_t size = 0;

	if (!f)
		return -errno;
	while (getline(&line, &size, f) > 0) {
		struct bcc_kernel_symbol symbol;
		int stop = parse(line, &symbol) ? fn(ctx, &symbol) : 0;

		if (stop)
			return stop;
	}
	return 0;
}
