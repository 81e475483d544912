/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Static probes (USDT) as BCC's clients use them: a context for a file or process, probes in it that are
 * enabled for functions of the text, and then uprobes that the client attaches itself. How a text reads
 * arguments is decided when it is attached (static_probe.c), so no code is generated for it.
 */
#include <bcc/bcc_usdt.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "libbcc/attach/probe_pmu.h"
#include "libbcc/usdt/probe_list.h"
#include "abi.h"

struct enabled {
	struct enabled *next;
	size_t first, count; /* locations in the list */
	char *function;
};

/* A semaphore that is held incremented. */
struct held {
	struct held *next;
	size_t first;
	int users;
	int event;
};

/* A list that a longer one has replaced. Clients still have strings of it. */
struct former {
	struct former *next;
	struct bcc_usdt_list *list;
};

struct context {
	struct bcc_usdt_list *list;
	struct former *former;
	int pid; /* 0: none */
	bool of_all_files;
	struct enabled *enabled, **enabled_end;
	struct held *held;
	char *symbol; /* the last one returned */
};

/* ---- contexts ---- */

static void *new_context(const char *path, int pid)
{
	struct context *c = calloc(1, sizeof(*c));
	int ret;

	if (!c)
		return NULL;
	c->pid = pid;
	c->of_all_files = pid && !(path && *path);
	c->enabled_end = &c->enabled;
	ret = bcc_usdt_list_open(path, pid, &c->list);
	if (!ret)
		return c;
	bcc_abi_fail(ret, "%s", bcc_usdt_list_error(c->list));
	bcc_usdt_close(c);
	errno = -ret;
	return NULL;
}

void *bcc_usdt_new_frompid(int pid, const char *path)
{
	return new_context(path, pid > 0 ? pid : 0);
}

void *bcc_usdt_new_frompath(const char *path)
{
	return new_context(path, 0);
}

void bcc_usdt_close(void *usdt)
{
	struct context *c = usdt;

	if (!c)
		return;
	while (c->enabled) {
		struct enabled *e = c->enabled;

		c->enabled = e->next;
		free(e->function);
		free(e);
	}
	while (c->held) {
		struct held *h = c->held;

		c->held = h->next;
		close(h->event);
		free(h);
	}
	while (c->former) {
		struct former *f = c->former;

		c->former = f->next;
		bcc_usdt_list_close(f->list);
		free(f);
	}
	bcc_usdt_list_close(c->list);
	free(c->symbol);
	free(c);
}

/* ---- probes: the locations of one provider and name in one file, which are adjacent ---- */

/* How many locations there are, from `first` on. */
static size_t places_in(const struct bcc_usdt_list *list, size_t first)
{
	size_t i = first + 1;

	while (i < list->count && list->file_of[i] == list->file_of[first] &&
		!strcmp(list->infos[i].provider, list->infos[first].provider) &&
		!strcmp(list->infos[i].name, list->infos[first].name))
		i++;
	return i - first;
}

static size_t abi_usdt_places(const struct context *c, size_t first)
{
	return places_in(c->list, first);
}

/* The next probe of that name at or after `*at`, which is advanced past it. `provider` NULL: any. */
static bool next_probe(
	const struct bcc_usdt_list *list, const char *provider, const char *name, size_t *at, size_t *first)
{
	while (name && *at < list->count) {
		const struct bcc_usdt_info *info = &list->infos[*at];

		*first = *at;
		*at += places_in(list, *at);
		if (!strcmp(info->name, name) && (!provider || !strcmp(info->provider, provider)))
			return true;
	}
	return false;
}

/* Returns 1 if there is one, 0 if not, -ENOTUNIQ if providers share the name. */
static int abi_usdt_look_up(
	const struct bcc_usdt_list *list, const char *provider, const char *name, size_t *first)
{
	size_t at = 0, other;

	if (!next_probe(list, provider, name, &at, first))
		return 0;
	while (next_probe(list, provider, name, &at, &other))
		if (strcmp(list->infos[other].provider, list->infos[*first].provider) != 0)
			return bcc_abi_fail(-ENOTUNIQ,
				"static probe %s exists for providers %s and %s: specify which", name,
				list->infos[*first].provider, list->infos[other].provider);
	return 1;
}

/* ---- processes that have just been started: they map their files one after the other ---- */

#define YOUNG_MS 1500
#define LOOK_AGAIN_NS 2000000

static bool is_young(int pid)
{
	char path[32], line[1024];
	bcc_auto_file FILE *f = NULL;
	unsigned long long start;
	struct timespec now;
	size_t size;
	const char *rest;
	char state;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	size = f ? fread(line, 1, sizeof(line) - 1, f) : 0;
	line[size] = '\0';
	/* the 22nd field; the name, which is the second, can contain anything */
	rest = strrchr(line, ')');
	if (!rest || clock_gettime(CLOCK_BOOTTIME, &now) ||
		sscanf(rest + 1,
			" %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
			&state, &start) != 2 ||
		state == 'Z' || state == 'X')
		return false;
	return start * 1000 / sysconf(_SC_CLK_TCK) + YOUNG_MS >= now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

/* Where the probe at `old` is in another list of the same process. */
static bool abi_usdt_same(const struct context *c, size_t old, const struct bcc_usdt_list *list, size_t *at)
{
	const struct bcc_usdt_info *info = &c->list->infos[old];

	for (size_t i = 0; i < list->count; i++) {
		const struct bcc_usdt_info *other = &list->infos[i];

		if (other->address == info->address && !strcmp(other->binary, info->binary) &&
			!strcmp(other->provider, info->provider) && !strcmp(other->name, info->name)) {
			*at = i;
			return true;
		}
	}
	return false;
}

/* Reads the process's probes again. The new list is taken if it has the probe that is looked for, and all
 * that are in use. */
static bool abi_usdt_read_again(struct context *c, const char *provider, const char *name)
{
	struct former *former = calloc(1, sizeof(*former));
	struct bcc_usdt_list *list = NULL;
	size_t at = 0, first;

	if (!former || bcc_usdt_list_open(NULL, c->pid, &list) ||
		!next_probe(list, provider, name, &at, &first))
		goto fail;
	for (struct enabled *e = c->enabled; e; e = e->next)
		if (!abi_usdt_same(c, e->first, list, &at) || places_in(list, at) != e->count)
			goto fail;
	for (struct held *h = c->held; h; h = h->next)
		if (!abi_usdt_same(c, h->first, list, &at))
			goto fail;
	for (struct enabled *e = c->enabled; e; e = e->next)
		abi_usdt_same(c, e->first, list, &e->first);
	for (struct held *h = c->held; h; h = h->next)
		abi_usdt_same(c, h->first, list, &h->first);
	*former = (struct former){.next = c->former, .list = c->list};
	c->former = former;
	c->list = list;
	return true;
fail:
	bcc_usdt_list_close(list);
	free(former);
	return false;
}

/* The first probe of that name. A name without a provider must be unique among providers. */
static bool find_probe(struct context *c, const char *provider, const char *name, size_t *first)
{
	int ret = c && name ? abi_usdt_look_up(c->list, provider, name, first) : -EINVAL;

	while (!ret && c->of_all_files && is_young(c->pid)) {
		nanosleep(&(struct timespec){.tv_nsec = LOOK_AGAIN_NS}, NULL);
		if (abi_usdt_read_again(c, provider, name))
			ret = abi_usdt_look_up(c->list, provider, name, first);
	}
	return ret > 0;
}

void bcc_usdt_foreach(void *usdt, bcc_usdt_cb callback)
{
	struct context *c = usdt;

	for (size_t i = 0, count; c && i < c->list->count; i += count) {
		const struct bcc_usdt_info *info = &c->list->infos[i];
		struct bcc_usdt probe;

		count = abi_usdt_places(c, i);
		probe = (struct bcc_usdt){.provider = info->provider,
			.name = info->name,
			.bin_path = info->binary,
			.semaphore = info->semaphore,
			.num_locations = (int)count,
			.num_arguments = (int)info->argument_count,
			.semaphore_offset = info->semaphore_offset};
		callback(&probe);
	}
}

int bcc_usdt_get_location(
	void *usdt, const char *provider, const char *probe, int index, struct bcc_usdt_location *location)
{
	struct context *c = usdt;
	size_t first;

	if (!find_probe(c, provider, probe, &first) || index < 0 ||
		(size_t)index >= abi_usdt_places(c, first))
		return bcc_abi_result(-ENOENT);
	location->address = c->list->infos[first + index].address;
	location->bin_path = c->list->infos[first + index].binary;
	return 0;
}

/* ---- arguments ---- */

static bool argument_at(const struct context *c, size_t place, int index, struct bcc_usdt_operand *operand)
{
	const char *text = c->list->infos[place].arguments;
	const struct bcc_arch *arch = bcc_usdt_list_file(c->list, place)->notes.arch;

	for (int i = 0; index < BCC_USDT_MAX_ARGUMENTS && bcc_usdt_operand_next(arch, &text, operand); i++)
		if (i == index)
			return operand->form != BCC_USDT_UNKNOWN;
	return false;
}

int bcc_usdt_get_argument(void *usdt, const char *provider, const char *probe, int location_index,
	int argument_index, struct bcc_usdt_argument *argument)
{
	struct context *c = usdt;
	struct bcc_usdt_operand o;
	size_t first;

	if (!find_probe(c, provider, probe, &first) || location_index < 0 ||
		(size_t)location_index >= abi_usdt_places(c, first) ||
		!argument_at(c, first + location_index, argument_index, &o))
		return bcc_abi_result(-ENOENT);
	*argument = (struct bcc_usdt_argument){.size = o.is_signed ? -o.size : o.size};
	if (o.form == BCC_USDT_CONSTANT) {
		argument->valid |= BCC_USDT_ARGUMENT_CONSTANT;
		argument->constant = o.displacement;
	}
	if (o.form == BCC_USDT_MEMORY) {
		argument->valid |= BCC_USDT_ARGUMENT_DEREF_OFFSET;
		argument->deref_offset = (int)o.displacement;
	}
	if (o.symbol) {
		free(c->symbol);
		c->symbol = strndup(o.symbol, o.symbol_length);
		argument->valid |= BCC_USDT_ARGUMENT_DEREF_IDENT;
		argument->deref_ident = c->symbol;
	}
	if (o.has_base) {
		argument->valid |= BCC_USDT_ARGUMENT_BASE_REGISTER_NAME;
		argument->base_register_name = o.base.name;
	}
	if (o.has_index) {
		argument->valid |= BCC_USDT_ARGUMENT_INDEX_REGISTER_NAME | BCC_USDT_ARGUMENT_SCALE;
		argument->index_register_name = o.index.name;
		argument->scale = o.scale;
	}
	return 0;
}

static const char *c_type(unsigned size, bool is_signed)
{
	switch (size) {
	case 1:
		return is_signed ? "int8_t" : "uint8_t";
	case 2:
		return is_signed ? "int16_t" : "uint16_t";
	case 4:
		return is_signed ? "int32_t" : "uint32_t";
	default:
		return is_signed ? "int64_t" : "uint64_t";
	}
}

/* The largest type at any location; "" if there is no such argument. */
const char *bcc_usdt_get_fully_specified_probe_argctype(
	void *usdt, const char *provider, const char *probe, int index)
{
	struct context *c = usdt;
	struct bcc_usdt_operand o;
	unsigned size = 0;
	bool is_signed = false;
	size_t first;

	if (!find_probe(c, provider, probe, &first))
		return "";
	for (size_t i = 0; i < abi_usdt_places(c, first); i++) {
		if (argument_at(c, first + i, index, &o) && o.size > size) {
			size = o.size;
			is_signed = o.is_signed;
		}
	}
	return size ? c_type(size, is_signed) : "";
}

const char *bcc_usdt_get_probe_argctype(void *usdt, const char *probe, int index)
{
	return bcc_usdt_get_fully_specified_probe_argctype(usdt, NULL, probe, index);
}

/* ---- what is to be attached ---- */

/* For every file of the process that has the probe. */
int bcc_usdt_enable_fully_specified_probe(
	void *usdt, const char *provider, const char *probe, const char *function)
{
	struct context *c = usdt;
	size_t at = 0, first;

	if (!find_probe(c, provider, probe, &first))
		return bcc_abi_result(-ENOENT);
	while (next_probe(c->list, provider, probe, &at, &first)) {
		struct enabled *e = calloc(1, sizeof(*e));

		if (e)
			e->function = strdup(function);
		if (!e || !e->function) {
			free(e);
			return bcc_abi_result(-ENOMEM);
		}
		e->first = first;
		e->count = abi_usdt_places(c, first);
		*c->enabled_end = e;
		c->enabled_end = &e->next;
	}
	return 0;
}

int bcc_usdt_enable_probe(void *usdt, const char *probe, const char *function)
{
	return bcc_usdt_enable_fully_specified_probe(usdt, NULL, probe, function);
}

/* What BCC's clients put before their texts. In BCC's version this text defines the type of the programs'
 * context. */
const char *bcc_usdt_genargs(void **contexts, int count)
{
	for (int i = 0; contexts && i < count; i++)
		if (contexts[i] && ((struct context *)contexts[i])->enabled)
			return "#include <uapi/linux/ptrace.h>\n";
	return "";
}

void bcc_usdt_foreach_uprobe(void *usdt, bcc_usdt_uprobe_cb callback)
{
	struct context *c = usdt;

	for (const struct enabled *e = c ? c->enabled : NULL; e; e = e->next)
		for (size_t i = e->first; i < e->first + e->count; i++)
			callback(c->list->infos[i].binary, e->function, c->list->infos[i].address,
				c->pid ? c->pid : -1);
}

/* ---- semaphores, for clients that do not leave them to the kernel with their uprobes ---- */

/* Holds it with a probe that runs no program, and that goes away with this process however it ends. */
static int abi_usdt_hold(struct context *c, size_t first)
{
	const struct bcc_usdt_info *info = &c->list->infos[first];
	const struct bcc_probe_request request = {.pmu = "uprobe",
		.target = bcc_usdt_list_file(c->list, first)->binary.path,
		.offset = info->offset,
		.ref_ctr_offset = info->semaphore_offset,
		.pid = c->pid};
	struct held *h = calloc(1, sizeof(*h));

	if (!h)
		return bcc_abi_result(-ENOMEM);
	h->event = bcc_probe_pmu_open(&request);
	if (h->event < 0) {
		int code = h->event;

		free(h);
		return bcc_abi_fail(code, "the semaphore of static probe %s:%s cannot be incremented: %s",
			info->provider, info->name, strerror(-code));
	}
	h->first = first;
	h->users = 1;
	h->next = c->held;
	c->held = h;
	return 0;
}

static int add_to_semaphore(struct context *c, size_t first, int value)
{
	struct held **h = &c->held;

	while (*h && (*h)->first != first)
		h = &(*h)->next;
	if (!*h)
		return value > 0 ? abi_usdt_hold(c, first) : 0;
	(*h)->users += value;
	if ((*h)->users <= 0) {
		struct held *last = *h;

		*h = last->next;
		close(last->event);
		free(last);
	}
	return 0;
}

int bcc_usdt_addsem_fully_specified_probe(
	void *usdt, const char *provider, const char *probe, const char *function, int16_t value)
{
	struct context *c = usdt;
	size_t at = 0, first;
	int ret = 0;

	if (!find_probe(c, provider, probe, &first))
		return bcc_abi_result(-ENOENT);
	if (!c->pid)
		return bcc_abi_result(-EINVAL);
	while (!ret && next_probe(c->list, provider, probe, &at, &first))
		if (c->list->infos[first].semaphore)
			ret = add_to_semaphore(c, first, value);
	return ret;
}

int bcc_usdt_addsem_probe(void *usdt, const char *probe, const char *function, int16_t value)
{
	return bcc_usdt_addsem_fully_specified_probe(usdt, NULL, probe, function, value);
}
