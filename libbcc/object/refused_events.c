/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compiler leaves a counter for each ring buffer in section .bcc.refused, called __bcc_refused_BUFFER
 * (rewriter/refused_events.c). Programs refer to it like to any section of variables; it is not listed as
 * one.
 */
#include "refused_events.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "build.h"

#define REFUSED_PREFIX "__bcc_refused_"

struct bcc_refused_counter {
	char *buffer; /* "": of calls whose buffer the compiler does not know */
	size_t at;    /* which u64 of the section */
};

struct bcc_refused_events {
	int fd; /* belongs to the object */
	size_t bytes;
	struct bcc_refused_counter *counters;
	size_t count;
};

static const char *refused_buffer(const struct bcc_symbol *symbol, uint32_t section, uint64_t bytes)
{
	const size_t length = strlen(REFUSED_PREFIX);

	if (symbol->section != section || strncmp(symbol->name, REFUSED_PREFIX, length) ||
		symbol->value % sizeof(uint64_t) || symbol->value >= bytes)
		return NULL;
	return symbol->name + length;
}

static int refused_read_symbols(
	struct bcc_refused_events *refused, const struct bcc_elf *elf, uint32_t section)
{
	refused->counters = calloc(elf->symbol_count, sizeof(*refused->counters));
	if (!refused->counters)
		return -ENOMEM;
	for (uint32_t i = 0; i < elf->symbol_count; i++) {
		const char *buffer = refused_buffer(&elf->symbols[i], section, refused->bytes);
		struct bcc_refused_counter *counter = &refused->counters[refused->count];

		if (!buffer)
			continue;
		counter->at = elf->symbols[i].value / sizeof(uint64_t);
		counter->buffer = strdup(buffer);
		if (!counter->buffer)
			return -ENOMEM;
		refused->count++;
	}
	return 0;
}

int bcc_build_refused_events(struct bcc_build *build)
{
	struct bcc *b = build->b;
	const struct bcc_section *section = bcc_elf_section(&build->elf, ".bcc.refused");
	uint32_t index = section ? bcc_elf_section_index(&build->elf, section) : 0;
	int fd;

	if (!section)
		return 0;
	if (section->size % sizeof(uint64_t))
		return bcc_fail(&b->err, -EINVAL,
			"the compiled object is damaged: section %s does not hold numbers", section->name);
	fd = bcc_build_data(build, index);
	if (fd < 0)
		return fd;
	b->refused_events = calloc(1, sizeof(*b->refused_events));
	if (!b->refused_events)
		return bcc_fail(&b->err, -ENOMEM, "out of memory");
	b->refused_events->fd = fd;
	b->refused_events->bytes = section->size;
	if (refused_read_symbols(b->refused_events, &build->elf, index))
		return bcc_fail(&b->err, -ENOMEM, "out of memory");
	return 0;
}

void bcc_refused_events_close(struct bcc *b)
{
	struct bcc_refused_events *refused = b->refused_events;

	if (!refused)
		return;
	for (size_t i = 0; i < refused->count; i++)
		free(refused->counters[i].buffer);
	free(refused->counters);
	free(refused);
	b->refused_events = NULL;
}

int bcc_refused_events_read(struct bcc *b, const char *table, uint64_t *count, bool *exact)
{
	const struct bcc_refused_events *refused = b->refused_events;
	bcc_auto_free uint64_t *values = NULL;
	const uint32_t zero = 0;
	int ret;

	*count = 0;
	if (!refused)
		return 0;
	values = malloc(refused->bytes);
	if (!values)
		return bcc_fail(&b->err, -ENOMEM, "out of memory");
	ret = bpf_map_lookup_elem(refused->fd, &zero, values);
	if (ret)
		return bcc_fail(&b->err, ret, "the count of events that \"%s\" refused cannot be read: %s",
			table, strerror(-ret));
	for (size_t i = 0; i < refused->count; i++) {
		const struct bcc_refused_counter *counter = &refused->counters[i];

		if (!strcmp(counter->buffer, table))
			*count += values[counter->at];
		else if (!*counter->buffer && values[counter->at])
			*exact = false;
	}
	return 0;
}
