/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/btf_layout.h"
#include "common/cleanup.h"
#include "common/read_file.h"
#include "common/sorted_search.h"
#include "libbcc/kernel/kernel_btf.h"
#include "core.h"

static int by_name(const char *a, size_t a_length, const char *b, size_t b_length)
{
	int order = memcmp(a, b, a_length < b_length ? a_length : b_length);

	return order ? order : (a_length > b_length) - (a_length < b_length);
}

static int lists_by_name(const void *a, const void *b)
{
	const struct core_candidates *x = a, *y = b;
	int order = by_name(x->name, x->name_length, y->name, y->name_length);

	return order ? order : (x->local > y->local) - (x->local < y->local);
}

/* The first list of that name. */
static size_t lists_find(const struct core_search *search, const char *name, size_t length)
{
	const struct core_candidates *lists = search->lists;

	return bcc_partition_point(
		i, search->list_count, by_name(lists[i].name, lists[i].name_length, name, length) < 0);
}

static int candidates_add(struct core_candidates *list, const struct btf *btf, uint32_t id)
{
	struct core_candidate *longer = reallocarray(list->at, list->count + 1, sizeof(*longer));

	if (!longer)
		return -ENOMEM;
	list->at = longer;
	longer[list->count++] = (struct core_candidate){btf, id};
	return 0;
}

static int search_offer(
	struct core_search *search, const struct btf *local, const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);
	const char *name = core_name(btf, t);
	size_t length = core_name_length(name);

	for (size_t i = lists_find(search, name, length); i < search->list_count; i++) {
		struct core_candidates *list = &search->lists[i];

		if (by_name(list->name, list->name_length, name, length))
			break;
		if (!list->in_kernel && core_same_kind(t, btf__type_by_id(local, list->local)) &&
			candidates_add(list, btf, id))
			return -ENOMEM;
	}
	return 0;
}

/* The first two characters of names: a bit for each such pair. */
struct search_beginnings {
	uint8_t bits[0x10000 / 8];
};

static unsigned search_beginning(char first, char second)
{
	return (unsigned)(unsigned char)first << 8 | (unsigned char)second;
}

static void search_note(struct search_beginnings *beginnings, char first, char second)
{
	unsigned at = search_beginning(first, second);

	beginnings->bits[at / 8] |= 1 << at % 8;
}

/* The kernel has 100,000 types and more, and most have names that begin like none of those sought. No call is
 * made for them. */
static int search_in(
	struct core_search *search, const struct btf *local, const struct btf *btf, uint32_t first_id)
{
	/* in those of a module, numbers of strings continue the kernel's */
	const char *strings = first_id == 1 ? btf__str_by_offset(btf, 0) : NULL;
	struct search_beginnings beginnings = {0};
	uint32_t count = btf__type_cnt(btf);
	const struct btf_type *t = NULL;
	size_t bytes = 0;

	for (size_t i = 0; i < search->list_count; i++) {
		const struct core_candidates *list = &search->lists[i];

		search_note(&beginnings, list->name[0], list->name_length > 1 ? list->name[1] : '\0');
		if (list->name_length == 1) /* with a flavor */
			search_note(&beginnings, list->name[0], '_');
	}
	for (uint32_t id = first_id; id < count; id++) {
		const char *name;
		unsigned at;

		/* one lies behind the other */
		t = bytes ? (const struct btf_type *)((const char *)t + bytes) : btf__type_by_id(btf, id);
		bytes = bcc_btf_type_size(t);
		name = strings ? strings + t->name_off : core_name(btf, t);
		if (!*name)
			continue;
		at = search_beginning(name[0], name[1]);
		if (beginnings.bits[at / 8] & 1 << at % 8 && search_offer(search, local, btf, id))
			return -ENOMEM;
	}
	return 0;
}

struct module_visit {
	struct core_search *search;
	const struct btf *local, *kernel;
};

static int search_in_module(void *ctx, struct btf *btf)
{
	struct module_visit *visit = ctx;
	struct core_search *search = visit->search;
	struct btf **longer = reallocarray(search->modules, search->module_count + 1, sizeof(*longer));

	if (!longer) {
		btf__free(btf);
		return -ENOMEM;
	}
	search->modules = longer;
	longer[search->module_count++] = btf;
	return search_in(search, visit->local, btf, btf__type_cnt(visit->kernel));
}

/* What the kernel itself has, it has: modules may have types of other files of the same name. */
static bool search_lacks_some(struct core_search *search)
{
	bool lacks = false;

	for (size_t i = 0; i < search->list_count; i++) {
		search->lists[i].in_kernel = search->lists[i].count;
		lacks |= !search->lists[i].in_kernel;
	}
	return lacks;
}

/* Types without names are not in the kernel under any, nor are those with vast ones. */
static int search_list(struct bcc *b, struct core_search *search, const uint32_t *locals, size_t count)
{
	search->lists = calloc(count ? count : 1, sizeof(*search->lists));
	search->type_count = btf__type_cnt(b->btf);
	search->list_of = calloc(search->type_count, sizeof(*search->list_of));
	if (!search->lists || !search->list_of)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const char *name = core_name(b->btf, btf__type_by_id(b->btf, locals[i]));

		size_t length = core_name_length(name);

		if (length && length <= CORE_NAME_MAX)
			search->lists[search->list_count++] = (struct core_candidates){
				.local = locals[i], .name = name, .name_length = length};
	}
	qsort(search->lists, search->list_count, sizeof(*search->lists), lists_by_name);
	count = 0;
	for (size_t i = 0; i < search->list_count; i++)
		if (!i || search->lists[i].local != search->lists[i - 1].local)
			search->lists[count++] = search->lists[i];
	search->list_count = count;
	for (size_t i = 0; i < count; i++)
		search->list_of[search->lists[i].local] = i + 1;
	return 0;
}

/* Of a caller's file, of which nothing is trusted. */
static int search_read_file(struct bcc *b, struct core_search *search)
{
	enum { MOST = 256 << 20 };
	bcc_auto_free char *data = NULL;
	struct bcc_err err = {0};
	size_t size;
	int ret = bcc_read_regular_file(b->btf_path, MOST, &data, &size);

	if (ret)
		return bcc_fail(
			&b->err, ret, "the types of %s cannot be read: %s", b->btf_path, strerror(-ret));
	ret = bcc_btf_parse(data, size, &search->file, &err);
	if (ret == -EINVAL)
		ret = bcc_fail(&b->err, ret,
			"%s does not hold BTF of this machine's byte order, as /sys/kernel/btf/vmlinux does, or is damaged",
			b->btf_path);
	else if (ret)
		ret = bcc_fail(
			&b->err, ret, "the types of %s cannot be read: %s", b->btf_path, strerror(-ret));
	bcc_err_clear(&err);
	return ret;
}

static int search_open(struct bcc *b, struct core_search *search, const struct btf **kernel)
{
	int ret = b->btf_path ? search_read_file(b, search) : bcc_kernel_btf_get(b, kernel);

	if (b->btf_path)
		*kernel = search->file;
	return ret;
}

int core_search(struct bcc *b, struct core_search *search, const uint32_t *locals, size_t count)
{
	struct module_visit visit = {.search = search, .local = b->btf};
	int ret = search_list(b, search, locals, count);

	if (!ret && search->list_count) {
		ret = search_open(b, search, &visit.kernel);
		if (ret)
			return ret;
		ret = search_in(search, b->btf, visit.kernel, 1);
	}
	if (!ret && search_lacks_some(search) && !b->btf_path)
		ret = bcc_kernel_btf_each_module(b, search_in_module, &visit);
	return ret ? bcc_fail(&b->err, ret, "out of memory for types of the kernel") : 0;
}

const struct core_candidates *core_search_of(const struct core_search *search, uint32_t local)
{
	uint32_t number = local < search->type_count ? search->list_of[local] : 0;

	return number ? &search->lists[number - 1] : NULL;
}

void core_search_free(struct core_search *search)
{
	for (size_t i = 0; i < search->list_count; i++)
		free(search->lists[i].at);
	free(search->lists);
	free(search->list_of);
	for (size_t i = 0; i < search->module_count; i++)
		btf__free(search->modules[i]);
	free(search->modules);
	btf__free(search->file);
	*search = (struct core_search){0};
}
