/* SPDX-License-Identifier: Apache-2.0 */
#include <bcc/bcc_elf.h>
#include <bcc/bcc_proc.h>
#include <bcc/kernel_features.h>
#include <bcc/symbols.h>
#include <bcc/usdt.h>
#include <errno.h>
#include <regex.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "filter.h"
#include "probe_set.h"
#include "progress.h"
#include "settings.h"
#include "symbol.h"
#include "syscall_name.h"
#include "tool.h"

/* Addresses of the kernel are above all numbers of places. */
#define FIRST_ADDRESS (1ULL << 32)

struct place {
	const struct probe *probe;
	char *name, *category, *provider; /* owned */
	bool in_kernel;			  /* a function of the kernel or a module */
	bool is_double;			  /* of one that is there already */
	/* of functions of files, which can have several names; 0: not known */
	char *path; /* owned */
	uint64_t address;
	bool is_asked_for; /* by an attachment to all functions of a probe at once */
};

static struct {
	struct place *places;
	size_t count;
	size_t first; /* of the probe whose places are looked for */
	regex_t regex;
	const struct probe *probe;
	struct buffer name;
} set;

static void probe_set_fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
static void probe_set_fail(const char *format, ...)
{
	char why[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	tool_warn("%s", why);
	exit(EXIT_FAILURE);
}

/* ---- finding them ---- */

static char *probe_set_copy(const char *text)
{
	char *copy = text ? strdup(text) : NULL;

	if (text && !copy)
		buffer_no_memory();
	return copy;
}

static void probe_set_free_place(struct place *place)
{
	free(place->name);
	free(place->category);
	free(place->provider);
	free(place->path);
}

static struct place *probe_set_new(const char *name)
{
	/* powers of two */
	if (!(set.count & (set.count - 1)))
		set.places = buffer_grow(set.places, (set.count ? 2 * set.count : 1) * sizeof(*set.places));
	set.places[set.count] = (struct place){.probe = set.probe, .name = probe_set_copy(name)};
	return &set.places[set.count++];
}

static int probe_set_tracepoint(void *ctx, const char *category, const char *name)
{
	probe_set_new(name)->category = probe_set_copy(category);
	return 0;
}

static void probe_set_find_tracepoints(const struct probe *p)
{
	struct bcc_features *features;
	int ret = bcc_features_open(&features);

	if (!ret)
		ret = bcc_tracepoints_each(features, p->regex, probe_set_tracepoint, NULL);
	if (ret)
		probe_set_fail("%s", bcc_features_error(features));
	bcc_features_close(features);
}

static bool probe_set_has(const char *provider, const char *name)
{
	for (size_t i = set.first; i < set.count; i++)
		if (!strcmp(set.places[i].name, name) && !strcmp(set.places[i].provider, provider))
			return true;
	return false;
}

static void probe_set_find_usdt(const struct probe *p)
{
	struct bcc_usdt_list *list;
	int pid = filter_single_pid();

	if (!p->place && !pid)
		probe_set_fail("which program or library has the static probe %s? u:LIBRARY:%s, or -p",
			p->name, p->name);
	if (bcc_usdt_list_open(p->place, pid, &list))
		probe_set_fail("%s", bcc_usdt_list_error(list));
	for (size_t i = 0; i < bcc_usdt_list_count(list); i++) {
		const struct bcc_usdt_info *info = bcc_usdt_list_at(list, i);

		if (regexec(&set.regex, info->name, 0, NULL, 0) ||
			(p->provider && strcmp(p->provider, info->provider)) ||
			probe_set_has(info->provider, info->name))
			continue;
		probe_set_new(info->name)->provider = probe_set_copy(info->provider);
	}
	bcc_usdt_list_close(list);
}

static int probe_set_symbol(const char *name, uint64_t address, uint64_t size, void *payload)
{
	struct place *place;

	if (!address || regexec(&set.regex, name, 0, NULL, 0))
		return 0;
	place = probe_set_new(name);
	place->address = address;
	place->path = probe_set_copy(payload);
	return 0;
}

/* The first of equals is the one that was found first: of an earlier probe, or an exact name. */
static int probe_set_by_address(const void *a, const void *b)
{
	const struct place *x = *(const struct place *const *)a, *y = *(const struct place *const *)b;
	int order = strcmp(x->path, y->path);

	if (!order)
		order = (x->address > y->address) - (x->address < y->address);
	return order ? order : (x > y) - (x < y);
}

static int probe_set_by_name(const void *a, const void *b)
{
	const struct place *x = *(const struct place *const *)a, *y = *(const struct place *const *)b;
	int order = strcmp(x->path, y->path);

	if (!order)
		order = strcmp(x->name, y->name);
	return order ? order : (x > y) - (x < y);
}

/* Marks places that are equal to the one before them in this order. */
static void probe_set_mark_equal(
	struct place **places, size_t count, int (*compare)(const void *a, const void *b), bool by_name)
{
	if (count)
		qsort(places, count, sizeof(struct place *), compare);
	for (size_t i = 1; i < count; i++) {
		const struct place *a = places[i - 1];
		struct place *b = places[i];

		if (!strcmp(a->path, b->path) && a->probe->offset == b->probe->offset &&
			a->probe->at_return == b->probe->at_return &&
			(by_name ? !strcmp(a->name, b->name) : b->address && a->address == b->address))
			b->is_double = true;
	}
}

/* A function that has several names, or is meant by several probes, gets one probe: it would count several
 * times. */
static void probe_set_drop_doubles(void)
{
	struct place **places = buffer_grow(NULL, (set.count + 1) * sizeof(struct place *));
	size_t count = 0, kept = 0;

	for (size_t i = 0; i < set.count; i++)
		if (set.places[i].path)
			places[count++] = &set.places[i];
	probe_set_mark_equal(places, count, probe_set_by_address, false);
	probe_set_mark_equal(places, count, probe_set_by_name, true);
	free(places);
	for (size_t i = 0; i < set.count; i++) {
		if (set.places[i].is_double)
			probe_set_free_place(&set.places[i]);
		else
			set.places[kept++] = set.places[i];
	}
	set.count = kept;
}

/* Where a library or program is that is given as users do; freed by the caller. */
static char *probe_set_path(const struct probe *p)
{
	char *found = NULL, *path = NULL;
	int pid = filter_single_pid();

	if (strchr(p->place, '/')) {
		/* as the process sees it */
		if (pid && *p->place == '/' &&
			(asprintf(&path, "/proc/%d/root%s", pid, p->place) < 0 || !path))
			buffer_no_memory();
		if (path && !access(path, R_OK))
			return path;
		free(path);
		return probe_set_copy(p->place);
	}
	if (pid)
		found = bcc_procutils_which_so_in_process(p->place, pid);
	if (!found)
		found = bcc_procutils_which_so(p->place, 0);
	if (!found)
		found = bcc_procutils_which(p->place);
	path = probe_set_copy(found);
	bcc_procutils_free(found);
	return path;
}

static bool probe_set_is_module(const char *name)
{
	char path[128];

	if (strchr(name, '/') || strlen(name) > 64)
		return false;
	snprintf(path, sizeof(path), "/sys/module/%s/sections", name);
	return !access(path, F_OK);
}

static int probe_set_module_function(void *ctx, const struct bcc_kernel_function *function)
{
	if (!strcmp(function->module, set.probe->place))
		probe_set_new(function->name)->in_kernel = true;
	return 0;
}

static void probe_set_find_in_module(const struct probe *p)
{
	struct bcc_symbols *kernel;
	int ret = bcc_symbols_open_kernel(NULL, &kernel);

	if (!ret)
		ret = bcc_kernel_functions_each(kernel, p->regex, 0, probe_set_module_function, NULL);
	if (ret)
		probe_set_fail("%s", bcc_symbols_error(kernel));
	bcc_symbols_close(kernel);
}

static void probe_set_find_user(const struct probe *p)
{
	char *path = probe_set_path(p);

	if (!path && probe_set_is_module(p->place))
		return probe_set_find_in_module(p);
	if (!path)
		probe_set_fail("%s: there is no such library, program or module of the kernel", p->place);
	if (bcc_elf_foreach_sym(path, probe_set_symbol, NULL, path) && p->is_pattern)
		probe_set_fail("%s: this is not a program or library that can be read", path);
	/* attaching knows more of them, and what to say */
	if (!p->is_pattern && set.count == set.first)
		probe_set_new(p->name)->path = probe_set_copy(path);
	free(path);
}

void probe_set_add(const struct probe *p)
{
	set.probe = p;
	set.first = set.count;
	/* it has been checked */
	if (regcomp(&set.regex, p->regex, REG_EXTENDED | REG_NOSUB))
		buffer_no_memory();
	if (p->kind == PROBE_TRACEPOINT)
		probe_set_find_tracepoints(p);
	else if (p->kind == PROBE_USDT)
		probe_set_find_usdt(p);
	else if (p->kind == PROBE_USER)
		probe_set_find_user(p);
	else
		probe_set_new(p->name)->in_kernel = true;
	regfree(&set.regex);
	if (set.count > set.first) {
		probe_set_drop_doubles();
		return;
	}
	probe_set_fail("no %s of %s matches '%s'",
		p->kind == PROBE_TRACEPOINT ? "tracepoint"
		: p->kind == PROBE_USDT	    ? "static probe"
					    : "function",
		p->place && p->kind != PROBE_TRACEPOINT ? p->place : "this kernel", p->name);
}

void probe_set_tell_apart(void)
{
	tool_set_number("place_by_cookie", set.count > 1);
}

/* ---- attaching ---- */

static int probe_set_attach_kernel(struct bcc *b, const struct place *place, const char *prog, bool at_return)
{
	const struct probe *p = place->probe;

	if (p->kind == PROBE_FUNCTION && p->is_pattern)
		return bcc_attach_kprobes(
			b, prog, p->regex, &BCC_OPTS(struct bcc_multi_opts, .retprobe = at_return), NULL);
	return bcc_attach_kprobe(b, prog, place->name,
		&BCC_OPTS(struct bcc_kprobe_opts, .retprobe = at_return, .offset = p->offset), NULL);
}

static int probe_set_attach_program(
	struct bcc *b, const struct place *place, const char *prog, bool at_return)
{
	const struct probe *p = place->probe;

	if (place->in_kernel)
		return probe_set_attach_kernel(b, place, prog, at_return);
	bcc_program_set_cookie(bcc_program_find(b, prog), place - set.places);
	if (p->kind == PROBE_TRACEPOINT)
		return bcc_attach_tracepoint(b, prog, place->category, place->name, NULL);
	if (p->kind == PROBE_USDT)
		return bcc_attach_usdt(b, prog, p->place, place->provider, place->name,
			&BCC_OPTS(struct bcc_usdt_opts, .pid = filter_single_pid()), NULL);
	return bcc_attach_uprobe(b, prog, p->place,
		&BCC_OPTS(struct bcc_uprobe_opts, .symbol = place->name, .offset = p->offset,
			.pid = filter_single_pid(), .retprobe = at_return),
		NULL);
}

static const char *probe_set_kernel_program(const struct place *place, const struct probe_programs *programs)
{
	const struct probe *p = place->probe;
	bool is_syscall =
		p->kind == PROBE_FUNCTION && !p->offset && syscall_of_function(p->name, p->is_pattern);

	return is_syscall && programs->syscall ? programs->syscall : programs->function;
}

/* Returns how many functions it is, or a negative errno. */
static int probe_set_attach_place(
	struct bcc *b, const struct place *place, const struct probe_programs *programs)
{
	const struct probe *p = place->probe;
	const char *entry = place->in_kernel		  ? probe_set_kernel_program(place, programs)
			    : p->kind == PROBE_TRACEPOINT ? programs->tracepoint
			    : p->kind == PROBE_USDT	  ? programs->usdt
							  : programs->user;
	const char *at_return = NULL;
	int ret = 0;

	if (p->kind <= PROBE_USER)
		at_return = place->in_kernel ? programs->function_return : programs->user_return;
	if (at_return)
		ret = probe_set_attach_program(b, place, at_return, true);
	if (ret >= 0 && !p->at_return && entry)
		ret = probe_set_attach_program(b, place, entry, false);
	return ret ? ret : 1;
}

/* ---- all functions of a file that a pattern matches, at once ---- */

/* In the order of their addresses. */
struct probe_set_functions {
	struct place **places;
	size_t count;
};

static int probe_set_find_address(const void *key, const void *element)
{
	const uint64_t *address = key;
	const struct place *place = *(const struct place *const *)element;

	return (*address > place->address) - (*address < place->address);
}

static bool probe_set_cookie(void *ctx, uint64_t address, uint64_t *cookie)
{
	const struct probe_set_functions *f = ctx;
	struct place **found =
		bsearch(&address, f->places, f->count, sizeof(struct place *), probe_set_find_address);

	if (!found)
		return false;
	(*found)->is_asked_for = true;
	*cookie = *found - set.places;
	return true;
}

static int probe_set_attach_functions(struct bcc *b, struct probe_set_functions *f, const char *program,
	bool at_return, struct bcc_link **link)
{
	const struct probe *p = f->places[0]->probe;

	return bcc_attach_uprobes(b, program, p->place, p->regex,
		&BCC_OPTS(struct bcc_multi_opts, .retprobe = at_return, .pid = filter_single_pid(),
			.cookie = probe_set_cookie, .cookie_ctx = f, .at_once = true),
		link);
}

/* Returns how many functions are attached; 0: the kernel cannot do it, or something is wrong that attaching
 * one by one will tell. */
static int probe_set_attach_at_once(
	struct bcc *b, struct probe_set_functions *f, const struct probe_programs *programs)
{
	struct bcc_link *link = NULL;
	int ret = 0;

	if (programs->user_return)
		ret = probe_set_attach_functions(b, f, programs->user_return, true, &link);
	if (ret >= 0 && programs->user && !f->places[0]->probe->at_return)
		ret = probe_set_attach_functions(b, f, programs->user, false, NULL);
	if (ret > 0)
		return ret;
	if (link)
		bcc_detach(link);
	for (size_t i = 0; i < f->count; i++)
		f->places[i]->is_asked_for = false;
	return 0;
}

/* Attaches to those functions of the patterns that this can be done with. Returns how many. */
static int probe_set_attach_patterns(struct bcc *b, const struct probe_programs *programs)
{
	struct probe_set_functions f = {
		.places = buffer_grow(NULL, (set.count + 1) * sizeof(struct place *))};
	int attached = 0;

	for (size_t i = 0, end; i < set.count; i = end) {
		const struct probe *p = set.places[i].probe;

		f.count = 0;
		for (end = i; end < set.count && set.places[end].probe == p; end++)
			if (set.places[end].address)
				f.places[f.count++] = &set.places[end];
		if (p->kind != PROBE_USER || !p->is_pattern || p->offset || f.count < 2)
			continue;
		qsort(f.places, f.count, sizeof(struct place *), probe_set_by_address);
		attached += probe_set_attach_at_once(b, &f, programs);
	}
	free(f.places);
	return attached;
}

/* Whether a place among several can do without: it is that place that cannot be probed. */
static bool probe_set_is_refusal(int code)
{
	return code == -EINVAL || code == -ENOENT || code == -EOPNOTSUPP || code == -EILSEQ || code == -EBUSY;
}

/* One by one takes two descriptors each. */
static void probe_set_raise_limit(void)
{
	struct rlimit limit;

	if (set.count > 100 && !getrlimit(RLIMIT_NOFILE, &limit)) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* Whether the user wants to end already: attaching one by one can take minutes. */
static bool probe_set_is_interrupted(void)
{
	sigset_t pending;

	return !sigpending(&pending) && (sigismember(&pending, SIGINT) || sigismember(&pending, SIGTERM));
}

int probe_set_attach(struct bcc *b, const struct probe_programs *programs)
{
	size_t left_out, asked = 0;
	int attached, ret = 0;

	probe_set_raise_limit();
	progress_end();
	progress_begin(set.count > 1 ? set.count : 0, PROGRESS_AFTER_NS);
	attached = probe_set_attach_patterns(b, programs);
	for (size_t i = 0; i < set.count; i++)
		asked += set.places[i].is_asked_for;
	left_out = asked - attached;
	for (size_t i = 0; i < set.count && ret >= 0 && !(i && probe_set_is_interrupted()); i++) {
		if (!set.places[i].is_asked_for)
			ret = probe_set_attach_place(b, &set.places[i], programs);
		progress_step();
		if (set.places[i].is_asked_for)
			continue;
		if (ret > 0)
			attached += ret;
		else if (set.count > 1 && probe_set_is_refusal(ret)) {
			left_out++;
			ret = 0;
		}
	}
	progress_end();
	if (ret < 0 || !attached) {
		tool_warn("%s", bcc_error(b));
		return ret < 0 ? ret : -ENOENT;
	}
	if (left_out)
		tool_warn("%zu of %zu functions that match cannot be probed", left_out, set.count);
	return attached;
}

/* ---- names ---- */

void probe_set_name(uint64_t place, struct value *value)
{
	static const struct symbol_owner kernel;
	const struct place *found;

	set.name.size = 0;
	if (place >= FIRST_ADDRESS || place >= set.count) {
		symbol_add(&set.name, &kernel, place, 0);
	} else {
		found = &set.places[place];
		if (found->category)
			buffer_printf(&set.name, "%s:", found->category);
		buffer_text(&set.name, found->name);
	}
	value_text(value, set.name.data, set.name.size);
}

const struct probe *probe_set_probe(uint64_t place)
{
	return place < set.count ? set.places[place].probe : NULL;
}

void probe_set_free(void)
{
	while (set.count)
		probe_set_free_place(&set.places[--set.count]);
	free(set.places);
	set.places = NULL;
	buffer_free(&set.name);
	symbol_close();
}
