/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

static int candidates_add(struct core_candidates *list, const struct core_types *types, uint32_t id)
{
	struct core_candidate *longer = reallocarray(list->at, list->count + 1, sizeof(*longer));

	if (!longer)
		return -ENOMEM;
	list->at = longer;
	longer[list->count++] = (struct core_candidate){types, id};
	return 0;
}

static int search_offer(
	struct core_search *search, const struct core_types *types, uint32_t id, const char *name)
{
	const struct btf_type *t = core_type(types, id);
	size_t length = core_name_length(name);

	for (size_t i = lists_find(search, name, length); i < search->list_count; i++) {
		struct core_candidates *list = &search->lists[i];

		if (by_name(list->name, list->name_length, name, length))
			break;
		if (!list->in_kernel && core_same_kind(t, core_type(&search->local, list->local)) &&
			candidates_add(list, types, id))
			return -ENOMEM;
	}
	return 0;
}

/* What is sought, so that no call is made for most of the kernel's 100,000 types and more: kinds, and the
 * first two characters of names, a bit for each such pair. */
struct search_filter {
	uint32_t kinds;
	uint8_t beginnings[0x10000 / 8];
};

static unsigned search_beginning(char first, char second)
{
	return (unsigned)(unsigned char)first << 8 | (unsigned char)second;
}

static void search_note(struct search_filter *filter, char first, char second)
{
	unsigned at = search_beginning(first, second);

	filter->beginnings[at / 8] |= 1 << at % 8;
}

static void search_filter_init(struct search_filter *filter, const struct core_search *search)
{
	*filter = (struct search_filter){0};
	for (size_t i = 0; i < search->list_count; i++) {
		const struct core_candidates *list = &search->lists[i];
		const struct btf_type *t = core_type(&search->local, list->local);

		filter->kinds |=
			btf_is_any_enum(t) ? 1u << BTF_KIND_ENUM | 1u << BTF_KIND_ENUM64 : 1u << btf_kind(t);
		search_note(filter, list->name[0], list->name_length > 1 ? list->name[1] : '\0');
		if (list->name_length == 1) /* with a flavor */
			search_note(filter, list->name[0], '_');
	}
}

static int search_look_at(struct core_search *search, const struct search_filter *filter,
	const struct core_types *types, uint32_t id, const struct btf_type *t)
{
	const char *name;
	unsigned at;

	if (!(filter->kinds >> btf_kind(t) & 1))
		return 0;
	name = core_name(types, t);
	if (!*name)
		return 0;
	at = search_beginning(name[0], name[1]);
	return filter->beginnings[at / 8] & 1 << at % 8 ? search_offer(search, types, id, name) : 0;
}

static int search_in(struct core_search *search, const struct core_types *types, uint32_t first_id)
{
	struct search_filter filter;
	uint32_t count = core_type_count(types);
	const struct btf_type *t = core_type(types, first_id);
	int ret = 0;

	search_filter_init(&filter, search);
	/* one lies behind the other */
	for (uint32_t id = first_id; ret == 0 && id < count; id++, t = bcc_btf_next_type(t))
		ret = search_look_at(search, &filter, types, id, t);
	return ret;
}

/* Nearly all that is sought is among a seventh of the kernel's types. */
static int search_in_kernel(struct core_search *search)
{
	const struct bcc_btf_bytes *raw = &search->raw;
	struct search_filter filter;
	int ret = 0;

	search_filter_init(&filter, search);
	if (filter.kinds & ~BCC_BTF_NAMED_KINDS)
		return search_in(search, &search->kernel, 1);
	for (uint32_t i = 0; ret == 0 && i < raw->named_count; i++)
		ret = search_look_at(search, &filter, &search->kernel, raw->named[i].id,
			(const struct btf_type *)(raw->types + raw->named[i].place));
	return ret;
}

static int search_in_module(void *ctx, struct btf *btf)
{
	struct core_search *search = ctx;
	struct core_module *module = calloc(1, sizeof(*module));

	if (!module) {
		btf__free(btf);
		return -ENOMEM;
	}
	*module = (struct core_module){.next = search->modules, .btf = btf, .types.btf = btf};
	search->modules = module;
	return search_in(search, &module->types, btf__type_cnt(btf__base_btf(btf)));
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
		const char *name = core_name(&search->local, core_type(&search->local, locals[i]));

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
	char *data = NULL;
	size_t size;
	int ret = bcc_read_regular_file(b->btf_path, MOST, &data, &size);

	if (ret == 0)
		ret = bcc_btf_bytes_of(&search->raw, data, size);
	if (ret == -EINVAL)
		return bcc_fail(&b->err, ret,
			"%s does not hold BTF of this machine's byte order, as /sys/kernel/btf/vmlinux does, or is damaged",
			b->btf_path);
	if (ret)
		return bcc_fail(
			&b->err, ret, "the types of %s cannot be read: %s", b->btf_path, strerror(-ret));
	return 0;
}

int core_search(struct bcc *b, struct core_search *search, const uint32_t *locals, size_t count)
{
	int ret;

	search->local.btf = b->btf;
	search->kernel.raw = &search->raw;
	ret = search_list(b, search, locals, count);
	if (!ret && (search->list_count || b->btf_path)) {
		ret = b->btf_path ? search_read_file(b, search) : bcc_kernel_btf_bytes(b, &search->raw);
		if (ret)
			return ret;
		ret = search_in_kernel(search);
	}
	if (!ret && search_lacks_some(search) && !b->btf_path)
		ret = bcc_kernel_btf_each_module(b, search_in_module, search);
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
	while (search->modules) {
		struct core_module *module = search->modules;

		search->modules = module->next;
		btf__free(module->btf);
		free(module);
	}
	bcc_btf_bytes_close(&search->raw);
	*search = (struct core_search){0};
}
