/* SPDX-License-Identifier: Apache-2.0 */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"

static int by_place(const void *a, const void *b)
{
	const struct bcc_function *x = a, *y = b;

	if (x->section != y->section)
		return x->section < y->section ? -1 : 1;
	return (x->first > y->first) - (x->first < y->first);
}

static bool is_code(const struct bcc_section *section)
{
	return section->type == SHT_PROGBITS && section->flags & SHF_EXECINSTR;
}

static int add_function(struct bcc_build *build, const struct bcc_symbol *symbol)
{
	const struct bcc_section *section = &build->elf.sections[symbol->section];
	struct bcc_err *err = &build->b->err;

	if (!is_code(section) || symbol->size == 0 || symbol->size % 8 || symbol->value % 8 ||
		symbol->value > section->size || symbol->size > section->size - symbol->value ||
		section->size > UINT32_MAX)
		return bcc_fail(err, -EINVAL,
			"the compiled object is damaged: function %s is not in section %s", symbol->name,
			section->name);
	build->functions[build->function_count++] = (struct bcc_function){
		.name = symbol->name,
		.section = symbol->section,
		.first = symbol->value / 8,
		.count = symbol->size / 8,
		/* subprograms that the text calls are in .text; functions in other sections are to be
		 * loaded */
		.is_program = symbol->bind != STB_LOCAL && strcmp(section->name, ".text") != 0,
	};
	return 0;
}

int bcc_build_functions(struct bcc_build *build)
{
	const struct bcc_elf *elf = &build->elf;

	build->functions = calloc(elf->symbol_count + 1, sizeof(*build->functions));
	if (!build->functions)
		return bcc_fail(&build->b->err, -ENOMEM, "out of memory");
	for (uint32_t i = 1; i < elf->symbol_count; i++) {
		int ret = 0;

		if (elf->symbols[i].type == STT_FUNC && elf->symbols[i].section)
			ret = add_function(build, &elf->symbols[i]);
		if (ret < 0)
			return ret;
	}
	qsort(build->functions, build->function_count, sizeof(*build->functions), by_place);
	for (size_t i = 1; i < build->function_count; i++) {
		const struct bcc_function *f = &build->functions[i];

		if (f[-1].section == f->section && f[-1].first + f[-1].count > f->first)
			return bcc_fail(&build->b->err, -EINVAL,
				"the compiled object is damaged: functions %s and %s overlap", f[-1].name,
				f->name);
	}
	return 0;
}

const struct bcc_function *bcc_build_function_at(
	const struct bcc_build *build, uint32_t section, uint64_t first)
{
	const struct bcc_function key = {.section = section, .first = first};

	if (first > UINT32_MAX)
		return NULL;
	return bsearch(&key, build->functions, build->function_count, sizeof(key), by_place);
}
