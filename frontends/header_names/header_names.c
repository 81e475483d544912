/* SPDX-License-Identifier: Apache-2.0 */
#include "header_names.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "common/array.h"
#include "common/cleanup.h"
#include "common/kernel_symbol.h"
#include "common/suggestions.h"
#include "frontends/renames/renames.h"
#include "table.h"

/* In the order in which they are asked. */
enum source { STAND_INS, UAPI, KERNEL, SOURCE_COUNT };

static const char *const files[SOURCE_COUNT] = {[UAPI] = "uapi.names", [KERNEL] = "kernel.names"};

/* More than any text has use for: a limit for files that are damaged. */
enum { MOST_DEFINITIONS = 4096 };

enum asked {
	TAKEN = 1 << 0,	  /* its definitions are here, or there are none */
	PENDING = 1 << 1, /* a type that definitions need, if nobody has it */
	OWN = 1 << 2,	  /* the text's own */
	WANTED = 1 << 3,  /* by the text: what it looks for may be an enumerator */
};

struct asked_name {
	UT_hash_handle hh;
	unsigned state;
	const struct bcc_header_definition *definition; /* when it is taken */
	char text[];
};

struct taken {
	const struct bcc_header_definition *definition;
	enum source source;
	uint32_t order;
	bool is_written;
	unsigned line; /* in the text that is made of all */
	size_t start;  /* there */
};

/* A definition of another kernel's headers that names members as this kernel does. */
struct fitted {
	const struct bcc_header_definition *definition;
	char *text;
	struct bcc_renames renames; /* to be made in the text */
};

struct bcc_header_names {
	unsigned version; /* of the kernel */
	struct bcc_header_table tables[SOURCE_COUNT];
	unsigned edition[SOURCE_COUNT]; /* whose definitions come first */
	struct asked_name *names;
	struct taken *taken;
	size_t count, room;
	struct fitted *fitted;
	size_t fitted_count;
	bool incomplete; /* memory was missing */
	bool no_kernel_types;
	/* headers that the text includes, and those that they include: a flag for each of `tables[UAPI]`,
	 * whose headers are those of all; NULL: not known yet */
	bool *reached;
};

/* The newest that is not newer than the kernel, or the oldest: by its place among the editions, newest
 * first. */
static unsigned fitting_edition(const struct bcc_header_table *table, unsigned version)
{
	unsigned i = 0;

	while (i + 1 < table->edition_count && table->editions[i].version > version)
		i++;
	return i;
}

struct bcc_header_names *bcc_header_names_new(
	const char *folder, unsigned version, const struct bcc_dependencies *dependencies)
{
	struct bcc_header_names *h = calloc(1, sizeof(*h));
	char path[PATH_MAX];

	if (!h)
		return NULL;
	h->version = version;
	if (bcc_header_table_of(&h->tables[STAND_INS], bcc_stand_ins, bcc_stand_ins_size))
		h->tables[STAND_INS] = (struct bcc_header_table){0};
	for (int i = UAPI; i < SOURCE_COUNT; i++) {
		int ret = -ENOENT;

		if (folder && snprintf(path, sizeof(path), "%s/%s", folder, files[i]) < (int)sizeof(path)) {
			ret = bcc_header_table_open(&h->tables[i], path);
			if (ret == -ENOENT)
				bcc_depend_presence(dependencies, path, false);
			else
				bcc_depend_library(dependencies, path);
		}
		if (ret)
			bcc_header_table_close(&h->tables[i]);
		h->edition[i] = fitting_edition(&h->tables[i], version);
	}
	return h;
}

void bcc_header_names_no_kernel_types(struct bcc_header_names *h)
{
	h->no_kernel_types = true;
}

void bcc_header_names_free(struct bcc_header_names *h)
{
	struct asked_name *name, *next;

	if (!h)
		return;
	HASH_ITER(hh, h->names, name, next)
	{
		HASH_DEL(h->names, name);
		free(name);
	}
	for (int i = UAPI; i < SOURCE_COUNT; i++)
		bcc_header_table_close(&h->tables[i]);
	for (size_t i = 0; i < h->fitted_count; i++) {
		free(h->fitted[i].text);
		bcc_renames_free(&h->fitted[i].renames);
	}
	free(h->fitted);
	free(h->reached);
	free(h->taken);
	free(h);
}

/* NULL: no memory. */
static struct asked_name *asked_name(struct bcc_header_names *h, const char *text)
{
	size_t length = strlen(text);
	struct asked_name *name;

	HASH_FIND(hh, h->names, text, length, name);
	if (name)
		return name;
	name = calloc(1, sizeof(*name) + length + 1);
	if (name) {
		memcpy(name->text, text, length);
		HASH_ADD_KEYPTR(hh, h->names, name->text, length, name);
		if (!name->hh.tbl) {
			free(name);
			name = NULL;
		}
	}
	if (!name)
		h->incomplete = true;
	return name;
}

/* ---- headers ---- */

/* The folders that #include looks into, as paths in the table have them. */
static const char *const include_folders[] = {"include/", "arch/x86/include/", "arch/arm64/include/",
	"include/uapi/", "arch/x86/include/uapi/", "arch/arm64/include/uapi/", "include/generated/",
	"arch/x86/include/generated/", "arch/arm64/include/generated/", "include/generated/uapi/",
	"arch/x86/include/generated/uapi/", "arch/arm64/include/generated/uapi/", "arch/include/uapi/"};

/* The number of the first, or -1. */
static long find_header(const struct bcc_header_names *h, const char *header)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(include_folders); i++) {
		long found = -1;

		if (snprintf(path, sizeof(path), "%s%s", include_folders[i], header) < (int)sizeof(path))
			found = bcc_header_table_find_header(&h->tables[UAPI], path);
		if (found >= 0)
			return found;
	}
	return -1;
}

bool bcc_header_names_knows(const struct bcc_header_names *h, const char *header)
{
	return !h->tables[KERNEL].header_count || find_header(h, header) >= 0;
}

/* Marks a header and those that come with it. */
static void reach_header(struct bcc_header_names *h, long first)
{
	const struct bcc_header_table *table = &h->tables[UAPI];
	uint32_t *queue = first < 0 || h->reached[first] ? NULL : calloc(table->header_count, sizeof(*queue));
	size_t count = 0;

	if (!queue)
		return;
	queue[count++] = first;
	h->reached[first] = true;
	while (count) {
		const struct bcc_header_file *file = &table->headers[queue[--count]];

		for (uint32_t i = 0; i < file->includes && (uint64_t)file->include + i < table->include_count;
			i++) {
			uint32_t inner = table->includes[file->include + i];

			if (inner >= table->header_count || h->reached[inner])
				continue;
			h->reached[inner] = true;
			queue[count++] = inner;
		}
	}
	free(queue);
}

/* What BCC includes in each text. */
static const char *const always_included[] = {
	"uapi/linux/bpf.h", "uapi/linux/if_packet.h", "linux/version.h", "linux/log2.h", "asm/page.h"};

void bcc_header_names_include(struct bcc_header_names *h, const char *header)
{
	if (!h->tables[UAPI].header_count)
		return;
	if (!h->reached) {
		h->reached = calloc(h->tables[UAPI].header_count, sizeof(*h->reached));
		for (size_t i = 0; h->reached && i < ARRAY_SIZE(always_included); i++)
			reach_header(h, find_header(h, always_included[i]));
	}
	if (!h->reached)
		h->incomplete = true;
	else if (header)
		reach_header(h, find_header(h, header));
}

/* Both tables have the same headers. */
static bool is_reached(
	const struct bcc_header_names *h, enum source source, const struct bcc_header_definition *d)
{
	return source == STAND_INS ||
	       (h->reached && d->header < h->tables[UAPI].header_count && h->reached[d->header]);
}

/* ---- looking up ---- */

/* Of a stand-in the line is the version from which on it is one. */
static bool is_for_kernel(
	const struct bcc_header_names *h, enum source source, const struct bcc_header_definition *d)
{
	return source != STAND_INS || d->line <= h->version;
}

/* How well a definition suits: it is one, and of the edition. */
static int suitability(
	const struct bcc_header_names *h, enum source source, const struct bcc_header_definition *d)
{
	return 1 + is_reached(h, source, d) * 4 +
	       (d->kind != BCC_HEADER_DECLARATION && d->kind != BCC_HEADER_MACHINE) * 2 +
	       (d->editions >> h->edition[source] & 1);
}

/* The most suitable definition of all tables, NULL: none has the name. */
static const struct bcc_header_definition *look_up(
	const struct bcc_header_names *h, const char *name, enum source *source)
{
	const struct bcc_header_definition *best = NULL;
	int best_suits = 0;

	for (int i = 0; i < SOURCE_COUNT; i++) {
		const struct bcc_header_name *found = bcc_header_table_find(&h->tables[i], name);

		for (uint32_t n = 0; found && n < found->definitions; n++) {
			const struct bcc_header_definition *d =
				bcc_header_table_definition(&h->tables[i], found, n);
			int suits = d && is_for_kernel(h, i, d) ? suitability(h, i, d) : 0;

			if (suits > best_suits) {
				best = d;
				best_suits = suits;
				*source = i;
			}
		}
		if (best && i == STAND_INS)
			break;
	}
	return best;
}

static uint32_t order_of(
	const struct bcc_header_names *h, enum source source, const struct bcc_header_definition *d)
{
	uint32_t order = d->order[h->edition[source]];

	for (unsigned i = 0; !order && i < BCC_HEADER_EDITIONS; i++)
		order = d->order[i];
	return order;
}

static bool has_taken(const struct bcc_header_names *h, const struct bcc_header_definition *d)
{
	for (size_t i = 0; i < h->count; i++)
		if (h->taken[i].definition == d)
			return true;
	return false;
}

static bool keep_definition(
	struct bcc_header_names *h, enum source source, const struct bcc_header_definition *d)
{
	if (h->count >= MOST_DEFINITIONS || has_taken(h, d))
		return false;
	if (h->count == h->room) {
		size_t room = h->room ? h->room * 2 : 64;
		struct taken *taken = realloc(h->taken, room * sizeof(*taken));

		if (!taken) {
			h->incomplete = true;
			return false;
		}
		h->taken = taken;
		h->room = room;
	}
	h->taken[h->count++] =
		(struct taken){.definition = d, .source = source, .order = order_of(h, source, d)};
	return true;
}

/* A function that is declared before it is defined may be called in between. */
static void keep_declarations(struct bcc_header_names *h, enum source source, const char *name,
	const struct bcc_header_definition *function)
{
	const struct bcc_header_name *found = bcc_header_table_find(&h->tables[source], name);

	for (uint32_t n = 0; found && n < found->definitions; n++) {
		const struct bcc_header_definition *d =
			bcc_header_table_definition(&h->tables[source], found, n);

		if (d && d->kind == BCC_HEADER_DECLARATION &&
			order_of(h, source, d) < order_of(h, source, function) &&
			!strncmp(bcc_header_table_string(&h->tables[source], d->text), "static", 6))
			keep_definition(h, source, d);
	}
}

/* Its constants have no place that could be another in this kernel. */
static bool is_enum(
	const struct bcc_header_names *h, enum source source, const struct bcc_header_definition *d)
{
	return !strncmp(bcc_header_table_string(&h->tables[source], d->text), "enum ", 5);
}

/* Takes what defines the name; types only when they are said to be lacking. */
static bool take(struct bcc_header_names *h, const char *text, bool type_lacks)
{
	struct asked_name *name = asked_name(h, text);
	const struct bcc_header_definition *d;
	enum source source;

	if (!name || name->state & (TAKEN | OWN))
		return false;
	d = look_up(h, text, &source);
	if (!d || d->kind == BCC_HEADER_MACHINE)
		return false;
	if (d->kind == BCC_HEADER_TYPE && source == KERNEL && h->no_kernel_types && !is_enum(h, source, d))
		return false;
	if (d->kind == BCC_HEADER_TYPE && !type_lacks) {
		name->state |= PENDING;
		return false;
	}
	name->state |= TAKEN;
	name->definition = d;
	if (!keep_definition(h, source, d))
		return false;
	if (d->kind == BCC_HEADER_FUNCTION)
		keep_declarations(h, source, text, d);
	return true;
}

/* What the definitions from number `first` on need. */
static void take_needs(struct bcc_header_names *h, size_t first)
{
	for (size_t i = first; i < h->count; i++) {
		struct taken t = h->taken[i];

		for (uint32_t n = 0; n < t.definition->needs; n++)
			take(h, bcc_header_table_need(&h->tables[t.source], t.definition, n), false);
	}
}

/* Whether nobody has the type: `name` as the tables have it. */
static bool lacks_type(const struct bcc_names *known, const char *name)
{
	return *name == '#' ? bcc_names_lacks_tag(known, name + 1) : bcc_names_lacks(known, name);
}

static bool ask(struct bcc_header_names *h, const struct bcc_names *known, const char *name)
{
	size_t before = h->count;

	if (take(h, name, lacks_type(known, name)))
		take_needs(h, before);
	return h->count > before;
}

static bool is_macro(const struct bcc_header_definition *d)
{
	return d->kind == BCC_HEADER_OBJECT || d->kind == BCC_HEADER_CALL;
}

/* Not a macro with parameters: of #ifndef min, what follows is as good as the header's. */
bool bcc_header_names_ask_condition(struct bcc_header_names *h, const char *name)
{
	const struct bcc_header_definition *d;
	enum source source;
	size_t before = h->count;

	bcc_header_names_include(h, NULL);
	d = look_up(h, name, &source);
	if (d && d->kind == BCC_HEADER_OBJECT && is_reached(h, source, d) && take(h, name, false))
		take_needs(h, before);
	return h->count > before;
}

bool bcc_header_names_ask_member(struct bcc_header_names *h, const char *name)
{
	const struct bcc_header_definition *d;
	enum source source;
	size_t before = h->count;

	d = look_up(h, name, &source);
	if (d && d->kind == BCC_HEADER_OBJECT && take(h, name, false))
		take_needs(h, before);
	return h->count > before;
}

bool bcc_header_names_ask(struct bcc_header_names *h, const struct bcc_names *known, const char *text)
{
	struct asked_name *name = asked_name(h, text);
	char tag[256];
	bool is_new;

	if (!name || name->state & OWN)
		return false;
	is_new = ask(h, known, text);
	if (snprintf(tag, sizeof(tag), "#%s", text) < (int)sizeof(tag))
		is_new |= ask(h, known, tag);
	/* perhaps an enumerator of the kernel's that was taken for a variable of the text */
	if (!(name->state & (WANTED | TAKEN)) && bcc_names_lacks(known, text)) {
		name->state |= WANTED;
		is_new = true;
	}
	return is_new;
}

bool bcc_header_names_give_way(struct bcc_header_names *h, const char *text)
{
	struct asked_name *name = asked_name(h, text);
	size_t kept = 0;

	if (!name || name->state & OWN)
		return false;
	name->state |= OWN;
	if (name->state & TAKEN) {
		const struct bcc_header_definition *d;
		enum source source;

		d = look_up(h, text, &source);
		for (size_t i = 0; i < h->count; i++)
			if (h->taken[i].definition != d)
				h->taken[kept++] = h->taken[i];
		h->count = kept;
	}
	return true;
}

int bcc_header_names_tell(const struct bcc_header_names *h, struct bcc_names *names)
{
	struct asked_name *name, *next;
	int ret = 0;

	HASH_ITER(hh, h->names, name, next)
	{
		if (!ret && name->state & OWN)
			ret = bcc_names_define(names, name->text);
		else if (!ret && name->state & WANTED)
			ret = bcc_names_want_enumerator(names, name->text);
	}
	return ret;
}

bool bcc_header_names_add_types(struct bcc_header_names *h, const struct bcc_names *known)
{
	struct asked_name *name, *next;
	size_t before = h->count;

	HASH_ITER(hh, h->names, name, next)
	{
		if (name->state & PENDING && !(name->state & (TAKEN | OWN)) && lacks_type(known, name->text))
			take(h, name->text, true);
	}
	take_needs(h, before);
	return h->count > before;
}

/* ---- the text of all ---- */

static int compare_taken(const void *a, const void *b)
{
	const struct taken *x = a, *y = b;

	if ((x->source == STAND_INS) != (y->source == STAND_INS))
		return x->source == STAND_INS ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static unsigned count_lines(const char *text)
{
	unsigned lines = 1;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

/* Their warnings are not the text's; but a function that nothing declares is missing. */
static const char before[] = "#pragma clang diagnostic push\n"
			     "#pragma clang diagnostic ignored \"-Weverything\"\n"
			     "#pragma clang diagnostic error \"-Wimplicit-function-declaration\"\n";
static const char after[] = "#pragma clang diagnostic pop\n";

struct writer {
	struct bcc_header_names *h;
	FILE *out;
	unsigned line; /* that comes next */
	size_t length; /* of what is written */
};

static struct fitted *find_fitted(
	const struct bcc_header_names *h, const struct bcc_header_definition *definition)
{
	for (size_t i = 0; i < h->fitted_count; i++)
		if (h->fitted[i].definition == definition)
			return &h->fitted[i];
	return NULL;
}

static const char *definition_text(const struct bcc_header_names *h, const struct taken *t)
{
	const struct fitted *fitted = find_fitted(h, t->definition);

	return fitted ? fitted->text : bcc_header_table_string(&h->tables[t->source], t->definition->text);
}

/* Whether it is a declaration of what is in the kernel, and does not say in which section. */
static bool is_kernel_symbol(const struct bcc_header_definition *d, const char *text)
{
	size_t length = strlen(text);

	return d->kind == BCC_HEADER_DECLARATION && strncmp(text, "static", strlen("static")) && length &&
	       text[length - 1] == ';' && !strstr(text, "section(");
}

static void write_definition(struct writer *w, struct taken *t)
{
	const char *definition = definition_text(w->h, t);
	const char *mark = is_kernel_symbol(t->definition, definition)
				   ? "__attribute__((section(\"" BCC_KERNEL_SYMBOL_SECTION "\"))) "
				   : "";

	t->line = w->line;
	t->start = w->length + strlen(mark);
	w->line += count_lines(definition);
	w->length += strlen(mark) + strlen(definition) + 1;
	fprintf(w->out, "%s%s\n", mark, definition);
}

/* The taken definition of a name, NULL: there is none. */
static struct taken *taken_of(struct bcc_header_names *h, const char *text)
{
	struct asked_name *name;

	HASH_FIND(hh, h->names, text, strlen(text), name);
	for (size_t i = 0; name && name->definition && i < h->count; i++)
		if (h->taken[i].definition == name->definition)
			return &h->taken[i];
	return NULL;
}

/* Macros are known wherever they are used, since all come first; what else a definition needs comes before
 * it. */
static void write_needed_first(struct writer *w, struct taken *t, int depth)
{
	if (t->is_written)
		return;
	t->is_written = true;
	for (uint32_t n = 0; n < t->definition->needs && depth < 256; n++) {
		struct taken *needed =
			taken_of(w->h, bcc_header_table_need(&w->h->tables[t->source], t->definition, n));

		if (needed)
			write_needed_first(w, needed, depth + 1);
	}
	if (!is_macro(t->definition))
		write_definition(w, t);
}

int bcc_header_names_text(struct bcc_header_names *h, char **text)
{
	struct writer w = {.h = h, .line = count_lines(before), .length = strlen(before)};
	size_t size;

	*text = NULL;
	if (h->incomplete)
		return -ENOMEM;
	if (!h->count)
		return 0;
	qsort(h->taken, h->count, sizeof(*h->taken), compare_taken);
	w.out = open_memstream(text, &size);
	if (!w.out)
		return -ENOMEM;
	fputs(before, w.out);
	for (size_t i = 0; i < h->count; i++) {
		h->taken[i].is_written = false;
		if (is_macro(h->taken[i].definition))
			write_definition(&w, &h->taken[i]);
	}
	for (size_t i = 0; i < h->count; i++)
		write_needed_first(&w, &h->taken[i], 0);
	fputs(after, w.out);
	if (fclose(w.out)) {
		free(*text);
		*text = NULL;
		return -ENOMEM;
	}
	return 0;
}

/* ---- members that have other names in this kernel ---- */

/* NULL: no memory. */
static struct fitted *fit_definition(struct bcc_header_names *h, const struct taken *t)
{
	struct fitted *fitted = find_fitted(h, t->definition);
	char *text;

	if (fitted)
		return fitted;
	fitted = realloc(h->fitted, (h->fitted_count + 1) * sizeof(*fitted));
	if (!fitted)
		return NULL;
	h->fitted = fitted;
	text = strdup(definition_text(h, t));
	if (!text)
		return NULL;
	fitted += h->fitted_count++;
	*fitted = (struct fitted){.definition = t->definition, .text = text};
	return fitted;
}

void bcc_header_names_lack_member(struct bcc_header_names *h, const struct bcc_btf_bytes *kernel,
	const char *tag, const char *member, size_t place)
{
	const struct taken *nearest = NULL;
	struct fitted *fitted;

	for (size_t i = 0; i < h->count; i++)
		if (h->taken[i].start <= place && (!nearest || h->taken[i].start > nearest->start))
			nearest = &h->taken[i];
	fitted = nearest ? fit_definition(h, nearest) : NULL;
	if (fitted && place - nearest->start < strlen(fitted->text))
		bcc_renames_look(&fitted->renames, kernel,
			bcc_header_table_header(&h->tables[nearest->source], nearest->definition->header),
			fitted->text, tag, member, place - nearest->start);
}

bool bcc_header_names_fit(struct bcc_header_names *h)
{
	bool changed = false;

	for (size_t i = 0; i < h->fitted_count; i++) {
		struct fitted *fitted = &h->fitted[i];
		char *text = bcc_renames_apply(&fitted->renames, fitted->text);

		if (!text)
			continue;
		free(fitted->text);
		fitted->text = text;
		changed = true;
	}
	return changed;
}

/* ---- other kernels ---- */

static bool is_in_all(
	const struct bcc_header_names *h, enum source source, const struct bcc_header_definition *d)
{
	unsigned count = h->tables[source].edition_count;

	/* of one edition nothing is known about others */
	return count > 1 && d->editions == (1U << count) - 1;
}

bool bcc_header_names_is_stable(const struct bcc_header_names *h, const char *name)
{
	const struct bcc_header_name *found = bcc_header_table_find(&h->tables[UAPI], name);

	if (found && found->definitions)
		return true;
	found = *name != '#' ? bcc_header_table_find(&h->tables[KERNEL], name) : NULL;
	for (uint32_t n = 0; found && n < found->definitions; n++) {
		const struct bcc_header_definition *d =
			bcc_header_table_definition(&h->tables[KERNEL], found, n);

		if (d && d->kind == BCC_HEADER_TYPE && is_in_all(h, KERNEL, d))
			return true;
	}
	return false;
}

static bool is_stable(const struct bcc_header_names *h, const struct taken *t)
{
	switch (t->source) {
	case STAND_INS:
		return !t->definition->line; /* from a version on */
	case UAPI:
		return true;
	default:
		return is_in_all(h, t->source, t->definition);
	}
}

const char *bcc_header_names_unstable(const struct bcc_header_names *h, const char **header)
{
	for (size_t i = 0; i < h->count; i++) {
		const struct taken *t = &h->taken[i];

		if (is_stable(h, t))
			continue;
		*header = bcc_header_table_header(&h->tables[t->source], t->definition->header);
		for (const struct asked_name *n = h->names; n; n = n->hh.next)
			if (n->definition == t->definition)
				return n->text;
	}
	return NULL;
}

/* ---- what is to be said of them ---- */

static const char *series_of(const struct bcc_header_names *h, enum source source)
{
	const struct bcc_header_table *table = &h->tables[source];

	return h->edition[source] < table->edition_count
		       ? bcc_header_table_string(table, table->editions[h->edition[source]].series)
		       : "";
}

/* The definition at a line of the text that was made of all. */
static const struct taken *taken_at(const struct bcc_header_names *h, unsigned line)
{
	const struct taken *nearest = NULL;

	for (size_t i = 0; i < h->count; i++)
		if (h->taken[i].line <= line && (!nearest || h->taken[i].line > nearest->line))
			nearest = &h->taken[i];
	return nearest;
}

/* In diagnostics, places in that text become those in the headers: "include/linux/skbuff.h:3072:9: error:
 * …". */
static void name_places(const struct bcc_header_names *h, struct bcc_err *err)
{
	static const char place[] = "/virtual/include/" BCC_HEADER_NAMES_FILE ":";
	const struct taken *first = NULL;
	bcc_auto_free char *text = NULL;
	const char *at = err->text, *next;
	size_t size;
	FILE *out;

	if (!strstr(at, place))
		return;
	out = open_memstream(&text, &size);
	if (!out)
		return;
	for (; (next = strstr(at, place));) {
		char *end;
		unsigned line = strtoul(next + sizeof(place) - 1, &end, 10);
		const struct taken *t = taken_at(h, line);

		fwrite(at, 1, next - at, out);
		if (t)
			fprintf(out, "%s:%u",
				bcc_header_table_header(&h->tables[t->source], t->definition->header),
				t->definition->line + line - t->line);
		if (t && t->source != STAND_INS && !first)
			first = t;
		at = end;
	}
	fputs(at, out);
	if (first && *at && at[strlen(at) - 1] != '\n')
		fputc('\n', out);
	if (first)
		fprintf(out, "%s is taken from headers of Linux %s, and this kernel's types may be others\n",
			bcc_header_table_header(&h->tables[first->source], first->definition->header),
			series_of(h, first->source));
	if (!fclose(out))
		bcc_fail(err, err->code, "%s", text);
}

/* What is known of a name that is lacking still. */
static void explain_name(const struct bcc_header_names *h, const char *name, struct bcc_err *err)
{
	const struct bcc_header_definition *d;
	enum source source;

	d = look_up(h, name, &source);
	if (d && d->kind == BCC_HEADER_MACHINE)
		bcc_fail(err, err->code,
			"%s%s%s is defined in %s with instructions of the machine, which BPF has not\n",
			err->text, err->text[strlen(err->text) - 1] == '\n' ? "" : "\n", name,
			bcc_header_table_header(&h->tables[source], d->header));
	else if (d && d->kind == BCC_HEADER_DECLARATION)
		bcc_fail(err, err->code,
			"%s%s%s is declared in %s, and is the kernel's own: programs cannot call its functions\n",
			err->text, err->text[strlen(err->text) - 1] == '\n' ? "" : "\n", name,
			bcc_header_table_header(&h->tables[source], d->header));
}

/* The words that stand behind `before` in diagnostics. */
static void explain_names(const struct bcc_header_names *h, const char *before, struct bcc_err *err)
{
	bcc_auto_free char *text = strdup(err->text);
	char name[256], last[256] = "";

	for (const char *at = text; at && (at = strstr(at, before));) {
		size_t length;

		at += strlen(before);
		length = strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
		if (!length || length >= sizeof(name))
			continue;
		memcpy(name, at, length);
		name[length] = '\0';
		if (strcmp(name, last))
			explain_name(h, name, err);
		memcpy(last, name, length + 1);
	}
}

/* "'linux/skbuf.h' file not found" */
static void explain_header(const struct bcc_header_names *h, struct bcc_err *err)
{
	const struct bcc_header_table *table = &h->tables[UAPI];
	const char *end = strstr(err->text, "' file not found"), *begin = end;
	struct bcc_near_names near;
	char header[BCC_NEAR_LENGTH], text[BCC_NEAR_LENGTH * BCC_NEAR_NAMES + 64];

	while (begin && begin > err->text && begin[-1] != '\'')
		begin--;
	if (!begin || end - begin >= (long)sizeof(header) || !h->tables[KERNEL].header_count)
		return;
	snprintf(header, sizeof(header), "%.*s", (int)(end - begin), begin);
	bcc_near_init(&near, header);
	for (uint32_t i = 0; i < table->header_count; i++) {
		const char *path = bcc_header_table_header(table, i);

		if (!strncmp(path, "include/", strlen("include/")))
			bcc_near_offer(&near, path + strlen("include/"));
	}
	bcc_fail(err, err->code, "%sLinux %s has no header %s%s\n", err->text, series_of(h, KERNEL), header,
		bcc_near_text(&near, text, sizeof(text)));
}

void bcc_header_names_explain(struct bcc_header_names *h, struct bcc_err *err)
{
	static const char *const unknown[] = {
		"undeclared identifier '", "unknown function '", "unknown variable "};

	if (!err->text || !*err->text)
		return;
	name_places(h, err);
	explain_header(h, err);
	for (size_t i = 0; i < h->fitted_count; i++)
		bcc_renames_explain(&h->fitted[i].renames, err);
	for (size_t i = 0; err->text && i < ARRAY_SIZE(unknown); i++)
		explain_names(h, unknown[i], err);
	if (err->text && !h->tables[KERNEL].data && strstr(err->text, "undeclared"))
		bcc_fail(err, err->code,
			"%sfunctions and macros of kernel headers are known where %s is installed beside the compiler library, or "
			"the kernel's headers are (Debian, Ubuntu: linux-headers-RELEASE; Fedora: kernel-devel)\n",
			err->text, files[KERNEL]);
}
