/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>
#include <zlib.h>

#include "buffer.h"
#include "pprof.h"
#include "pprof.pb-c.h"

/* A text, and what has it as its name: a function and its only place have the same number. */
struct pprof_text {
	char *text;
	int64_t number; /* in the table of texts */
	uint64_t function;
	UT_hash_handle hh;
};

struct pprof_list {
	void **items;
	size_t count, room;
};

struct pprof {
	struct pprof_text *texts; /* by text, in the order of their numbers */
	struct pprof_list samples, locations, functions;
};

static void *pprof_alloc(size_t size)
{
	void *memory = calloc(1, size);

	if (!memory)
		buffer_no_memory();
	return memory;
}

static void pprof_append(struct pprof_list *list, void *item)
{
	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : 64;
		list->items = buffer_grow(list->items, list->room * sizeof(*list->items));
	}
	list->items[list->count++] = item;
}

static struct pprof_text *pprof_text(struct pprof *p, const char *text)
{
	struct pprof_text *found;

	HASH_FIND_STR(p->texts, text, found);
	if (found)
		return found;
	found = pprof_alloc(sizeof(*found));
	found->text = strdup(text);
	if (!found->text)
		buffer_no_memory();
	found->number = HASH_COUNT(p->texts);
	HASH_ADD_KEYPTR(hh, p->texts, found->text, strlen(found->text), found);
	return found;
}

static uint64_t pprof_function(struct pprof *p, const char *name)
{
	struct pprof_text *text = pprof_text(p, name);
	Pprof__Location *location;
	Pprof__Function *function;

	if (text->function)
		return text->function;
	text->function = p->functions.count + 1;
	function = pprof_alloc(sizeof(*function));
	pprof__function__init(function);
	function->id = text->function;
	function->name = function->system_name = text->number;
	pprof_append(&p->functions, function);
	location = pprof_alloc(sizeof(*location));
	pprof__location__init(location);
	location->id = text->function;
	location->n_line = 1;
	location->line = pprof_alloc(sizeof(*location->line));
	location->line[0] = pprof_alloc(sizeof(*location->line[0]));
	pprof__line__init(location->line[0]);
	location->line[0]->function_id = text->function;
	pprof_append(&p->locations, location);
	return text->function;
}

struct pprof *pprof_new(void)
{
	struct pprof *p = pprof_alloc(sizeof(*p));

	pprof_text(p, "");
	return p;
}

void pprof_add(struct pprof *p, const struct stack_path *path, uint64_t weight)
{
	Pprof__Sample *sample = pprof_alloc(sizeof(*sample));

	pprof__sample__init(sample);
	sample->n_location_id = path->count;
	sample->location_id = pprof_alloc((path->count + 1) * sizeof(*sample->location_id));
	for (size_t i = 0; i < path->count; i++)
		sample->location_id[path->count - 1 - i] = pprof_function(p, stack_path_name(path, i));
	sample->n_value = 1;
	sample->value = pprof_alloc(sizeof(*sample->value));
	sample->value[0] = (int64_t)weight;
	pprof_append(&p->samples, sample);
}

/* ---- the file ---- */

static int pprof_write_bytes(const char *path, const uint8_t *bytes, size_t size)
{
	gzFile f = gzopen(path, "wbe");
	int ret = 0;

	if (!f)
		return errno ? -errno : -ENOMEM;
	for (size_t done = 0; done < size && !ret;) {
		unsigned part = size - done > 1 << 20 ? 1 << 20 : (unsigned)(size - done);

		if (gzwrite(f, bytes + done, part) != (int)part)
			ret = errno ? -errno : -EIO;
		done += part;
	}
	if (gzclose(f) != Z_OK && !ret)
		ret = errno ? -errno : -EIO;
	return ret;
}

int pprof_write(
	struct pprof *p, const char *path, const char *type, const char *unit, int64_t time, int64_t duration)
{
	Pprof__ValueType value = PPROF__VALUE_TYPE__INIT, *values[] = {&value};
	Pprof__Profile profile = PPROF__PROFILE__INIT;
	struct pprof_list texts = {0};
	uint8_t *bytes;
	size_t size;
	int ret;

	value.type = pprof_text(p, type)->number;
	value.unit = pprof_text(p, unit)->number;
	for (struct pprof_text *t = p->texts; t; t = t->hh.next)
		pprof_append(&texts, t->text);
	profile.n_sample_type = 1;
	profile.sample_type = values;
	profile.n_sample = p->samples.count;
	profile.sample = (Pprof__Sample **)p->samples.items;
	profile.n_location = p->locations.count;
	profile.location = (Pprof__Location **)p->locations.items;
	profile.n_function = p->functions.count;
	profile.function = (Pprof__Function **)p->functions.items;
	profile.n_string_table = texts.count;
	profile.string_table = (char **)texts.items;
	profile.time_nanos = time;
	profile.duration_nanos = duration;
	size = pprof__profile__get_packed_size(&profile);
	bytes = pprof_alloc(size);
	pprof__profile__pack(&profile, bytes);
	ret = pprof_write_bytes(path, bytes, size);
	free(bytes);
	free(texts.items);
	return ret;
}

void pprof_free(struct pprof *p)
{
	struct pprof_text *text, *next;

	if (!p)
		return;
	for (size_t i = 0; i < p->samples.count; i++) {
		Pprof__Sample *sample = p->samples.items[i];

		free(sample->location_id);
		free(sample->value);
		free(sample);
	}
	for (size_t i = 0; i < p->locations.count; i++) {
		Pprof__Location *location = p->locations.items[i];

		free(location->line[0]);
		free(location->line);
		free(location);
		free(p->functions.items[i]);
	}
	free(p->samples.items);
	free(p->locations.items);
	free(p->functions.items);
	HASH_ITER(hh, p->texts, text, next)
	{
		HASH_DEL(p->texts, text);
		free(text->text);
		free(text);
	}
	free(p);
}

const struct pprof_calls pprof_calls = {
	.new = pprof_new, .free = pprof_free, .add = pprof_add, .write = pprof_write};
