/* SPDX-License-Identifier: Apache-2.0 */
/* Iterators: programs that the kernel calls for each of its objects of a kind, while their output is read. */
#include "attach.h"

#include <errno.h>
#include <string.h>

#include <bpf/bpf.h>

#include "common/cleanup.h"
#include "common/options.h"
#include "libbcc/kernel/permission.h"

/* Selects the objects: all of them, those of one task, or the entries of a table. */
static int select_objects(
	struct bcc *b, const struct bcc_iter_opts *opts, union bpf_iter_link_info *info, uint32_t *size)
{
	const struct bcc_table *table = opts->table ? bcc_table_find(b, opts->table) : NULL;

	if (opts->table && !table)
		return bcc_fail(
			&b->err, -ENOENT, "the text has no table \"%s\" to iterate over", opts->table);
	if (!!table + !!opts->pid + !!opts->tid > 1 || opts->pid < 0 || opts->tid < 0)
		return bcc_fail(
			&b->err, -EINVAL, "an iterator takes only one of a table, a process and a thread");
	*size = table || opts->pid || opts->tid ? sizeof(*info) : 0;
	if (table)
		info->map.map_fd = table->fd;
	else if (opts->pid)
		info->task.pid = opts->pid;
	else
		info->task.tid = opts->tid;
	return 0;
}

int bcc_open_iter(struct bcc *b, const char *prog, const struct bcc_iter_opts *opts)
{
	struct bcc_program *p = bcc_attach_program(b, prog);
	union bpf_iter_link_info info = {0};
	LIBBPF_OPTS(bpf_link_create_opts, create);
	struct bcc_load_opts load = {.size = sizeof(load), .expected_attach_type = BPF_TRACE_ITER};
	struct bcc_iter_opts known;
	bcc_auto_fd int link = -1;
	int ret;

	if (!p)
		return b ? b->err.code : -EINVAL;
	ret = bcc_opts(&b->err, &known, sizeof(known), opts);
	if (!ret)
		ret = select_objects(b, &known, &info, &create.iter_info_len);
	if (!ret)
		ret = bcc_program_load(p, BPF_PROG_TYPE_TRACING, &load);
	if (ret < 0)
		return ret;
	create.iter_info = create.iter_info_len ? &info : NULL;
	link = bpf_link_create(p->fd, 0, BPF_TRACE_ITER, &create);
	ret = link < 0 ? link : bpf_iter_create(link);
	if (ret == -EPERM || ret == -EACCES)
		return bcc_fail_permission(&b->err, "iterator \"%s\": permission denied", p->name);
	if (ret == -EINVAL || ret == -EBADF) /* -EBADF: from an iterator over tables without a table */
		return bcc_fail(&b->err, -EINVAL,
			"iterator \"%s\": the kernel rejects these options: bpf_map_elem needs a table; a process "
			"or thread can only be given for iterators over tasks, from Linux 6.1 on",
			p->name);
	if (ret < 0)
		return bcc_fail(
			&b->err, ret, "iterator \"%s\" cannot be opened: %s", p->name, strerror(-ret));
	return ret;
}
