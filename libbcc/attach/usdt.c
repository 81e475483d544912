/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Static probes (USDT): a uprobe at each of their locations. The attach cookie tells the program which
 * location it is at, and the table "__usdt" where the arguments are there; the kernel maintains the
 * semaphore.
 */
#include <bcc/usdt.h>

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/options.h"
#include "common/suggestions.h"
#include "libbcc/table/table.h"
#include "libbcc/usdt/argument_location.h"
#include "libbcc/usdt/libbpf_spec.h"
#include "libbcc/usdt/probe_list.h"
#include "attach.h"
#include "uprobe.h"

struct wanted {
	const char *binary, *provider, *name;
	int pid;
};

static bool usdt_matches(const struct wanted *w, const struct bcc_usdt_info *info)
{
	return !strcmp(info->name, w->name) && (!w->provider || !strcmp(info->provider, w->provider));
}

static int usdt_not_found(struct bcc *b, const struct wanted *w, const struct bcc_usdt_list *list)
{
	char hint[3 * BCC_NEAR_LENGTH + 32], process[32];
	struct bcc_near_names near;

	bcc_near_init(&near, w->name);
	for (size_t i = 0; i < list->count; i++)
		bcc_near_offer(&near, list->infos[i].name);
	snprintf(process, sizeof(process), "process %d", w->pid);
	return bcc_fail(&b->err, -ENOENT, "%s has no static probe %s%s%s%s%s",
		w->binary ? w->binary : process, w->provider ? w->provider : "", w->provider ? ":" : "",
		w->name, list->count ? "" : ", nor any other", bcc_near_text(&near, hint, sizeof(hint)));
}

static int usdt_too_many(struct bcc *b, const struct bcc_usdt_info *info, int number)
{
	if (number == -ENOSPC)
		return bcc_fail(&b->err, number,
			"%s:%s: the programs of this text are attached to too many places with different arguments",
			info->provider, info->name);
	return bcc_fail(&b->err, number, "%s:%s: the location of its arguments cannot be stored: %s",
		info->provider, info->name, strerror(-number));
}

/* The same for a program that was compiled with libbpf's header. */
static int usdt_cookie_of_spec(struct bcc_program *p, const struct bcc_table *specs,
	const struct bcc_usdt_info *info, const struct bcc_usdt_place *place, uint64_t *cookie)
{
	struct bcc *b = p->owner;
	struct bcc_table_info table = {.size = sizeof(table)};
	struct bcc_usdt_spec spec;
	unsigned unreadable;
	int number;

	if (bcc_table_info(specs, &table) || table.type != BPF_MAP_TYPE_ARRAY ||
		table.value_size != sizeof(spec))
		return bcc_fail(&b->err, -EOPNOTSUPP,
			"%s:%s: the object's table " BCC_USDT_SPECS_TABLE
			" is not as libbpf has it: compile with another usdt.bpf.h",
			info->provider, info->name);
	if (libbpf_probe_bpf_helper(BPF_PROG_TYPE_KPROBE, BPF_FUNC_get_attach_cookie, NULL) != 1)
		return bcc_fail(&b->err, -EOPNOTSUPP,
			"%s:%s: this kernel has no attach cookies (5.15), by which programs that were compiled with "
			"libbpf's usdt.bpf.h find their arguments: give the text",
			info->provider, info->name);
	unreadable = bcc_usdt_spec_set(&spec, place);
	if (unreadable)
		return bcc_fail(&b->err, -EOPNOTSUPP,
			"%s:%s: argument %u of \"%s\" is where libbpf's usdt.bpf.h, with which the program was "
			"compiled, cannot read it: give the text",
			info->provider, info->name, unreadable, info->arguments);
	number = bcc_usdt_spec_number(table.fd, table.max_entries, &spec);
	if (number < 0)
		return usdt_too_many(b, info, number);
	*cookie = (uint64_t)number;
	return 0;
}

/* The cookie that tells the program the location: the program's own for a text that reads no arguments, 0
 * where there are no cookies. */
static int cookie_of(struct bcc_program *p, const struct bcc_usdt_list *list, size_t index, uint64_t *cookie)
{
	struct bcc *b = p->owner;
	const struct bcc_usdt_file *file = bcc_usdt_list_file(list, index);
	const struct bcc_usdt_info *info = &list->infos[index];
	struct bcc_table *places = bcc_table_find(b, BCC_USDT_PLACES_TABLE);
	struct bcc_table *addresses = bcc_table_find(b, BCC_USDT_ADDRESSES_TABLE);
	struct bcc_table *specs = places ? NULL : bcc_table_find(b, BCC_USDT_SPECS_TABLE);
	const struct bcc_usdt_note note = {.address = info->address, .arguments = info->arguments};
	struct bcc_usdt_place place;
	int number, ret = 0;

	*cookie = places || specs ? 0 : p->cookie;
	if (!places && !specs)
		return 0;
	if (p->cookie && !b->libbpf)
		return bcc_fail(&b->err, -EINVAL,
			"\"%s\" cannot have a cookie of its own at %s:%s: the text reads arguments of static probes, and "
			"the cookie tells where they are",
			p->name, info->provider, info->name);
	bcc_usdt_place_set(&place, file->notes.arch, file->binary.fd, &note);
	place.cookie = p->cookie;
	if (specs)
		return usdt_cookie_of_spec(p, specs, info, &place, cookie);
	number = bcc_usdt_place_number(places->fd, &place);
	if (number < 0)
		return usdt_too_many(b, info, number);
	if (!addresses) {
		*cookie = (uint64_t)number;
		return 0;
	}
	ret = bcc_usdt_place_at(addresses->fd, info->address, (uint32_t)number);
	if (ret == -EBUSY)
		return bcc_fail(&b->err, ret,
			"%s:%s at %#llx of %s: a probe with other arguments is at the same offset of its page, and this kernel "
			"has no attach cookies (5.15) to tell them apart: attach it from a separate text",
			info->provider, info->name, (unsigned long long)info->address, info->binary);
	return ret ? bcc_fail(&b->err, ret, "%s:%s cannot be stored: %s", info->provider, info->name,
			     strerror(-ret))
		   : 0;
}

/* Attaches at one location; returns the descriptor that keeps it attached. */
static int attach_place(struct bcc_program *p, const struct bcc_usdt_list *list, size_t index, int pid)
{
	const struct bcc_binary *binary = &bcc_usdt_list_file(list, index)->binary;
	const uint64_t semaphore = list->infos[index].semaphore_offset;
	const struct bcc_probe_request request = {.pmu = "uprobe",
		.target = binary->path,
		.offset = binary->start + list->infos[index].offset,
		.ref_ctr_offset = semaphore ? binary->start + semaphore : 0,
		.pid = pid};
	uint64_t cookie;
	int ret = cookie_of(p, list, index, &cookie);

	if (!ret)
		ret = bcc_uprobe_event(p->owner, &request);
	return ret < 0 ? ret : bcc_attach_perf_fd_cookie(p, ret, cookie);
}

static int attach_places(struct bcc_program *p, const struct bcc_usdt_list *list, const struct wanted *w,
	struct bcc_link **link)
{
	bcc_auto_free int *fds = calloc(list->count + 1, sizeof(*fds));
	size_t count = 0;
	int ret = 0;

	if (!fds)
		return bcc_fail(&p->owner->err, -ENOMEM, "out of memory");
	for (size_t i = 0; i < list->count && ret >= 0; i++) {
		if (!usdt_matches(w, &list->infos[i]))
			continue;
		if (!count)
			ret = bcc_attach_load(p, BCC_KIND_USDT, NULL);
		if (!ret)
			ret = attach_place(p, list, i, w->pid);
		if (ret >= 0) {
			fds[count++] = ret;
			ret = 0;
		}
	}
	if (ret < 0) {
		while (count)
			close(fds[--count]);
		return ret;
	}
	if (!count)
		return usdt_not_found(p->owner, w, list);
	return bcc_link_add(p, fds, count, link);
}

int bcc_attach_usdt(struct bcc *b, const char *prog, const char *binary, const char *provider,
	const char *name, const struct bcc_usdt_opts *opts, struct bcc_link **link)
{
	struct bcc_usdt_list *list = NULL;
	struct bcc_usdt_opts known;
	struct bcc_program *p = bcc_attach_program(b, prog);
	int ret;

	if (!p)
		return b ? b->err.code : -EINVAL;
	ret = bcc_opts(&b->err, &known, sizeof(known), opts);
	if (!ret && !(name && *name))
		ret = bcc_fail(&b->err, -EINVAL, "the name of the static probe is missing");
	if (ret)
		return ret;
	ret = bcc_usdt_list_open(binary, known.pid, &list);
	if (ret)
		ret = bcc_fail(&b->err, ret, "%s", bcc_usdt_list_error(list));
	else
		ret = attach_places(p, list,
			&(struct wanted){
				.binary = binary, .provider = provider, .name = name, .pid = known.pid},
			link);
	bcc_usdt_list_close(list);
	return ret;
}
