/* SPDX-License-Identifier: Apache-2.0 */
/* Runs programs on data of the caller's. */
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "common/kernel_errno.h"
#include "common/options.h"
#include "libbcc/handle.h"
#include "libbcc/log.h"

static int test_run_failed(struct bcc_program *p, int code)
{
	struct bcc_err *err = &p->owner->err;

	if (code == -KERNEL_ENOTSUPP || code == -EOPNOTSUPP)
		return bcc_fail(err, -EOPNOTSUPP,
			"this kernel does not run programs of the type of \"%s\" on data", p->name);
	if (code == -ENOSPC)
		return bcc_fail(err, code,
			"\"%s\" has run, but what it leaves has no room in data_out or context_out", p->name);
	if (code == -EINVAL)
		return bcc_fail(err, code,
			"\"%s\" cannot run on this: the kernel refuses the data or the context (a packet has at least "
			"14 bytes)",
			p->name);
	return bcc_fail(err, code, "\"%s\" cannot be run: %s", p->name, strerror(-code));
}

int bcc_program_test_run(struct bcc_program *p, struct bcc_test_run *run)
{
	struct bcc_test_run known;
	size_t size;
	int ret;

	if (!p)
		return -EINVAL;
	if (!run)
		return bcc_fail(&p->owner->err, -EINVAL, "what to run \"%s\" on is missing", p->name);
	BCC_LOG_SCOPE(p->owner);
	ret = bcc_opts(&p->owner->err, &known, sizeof(known), run);
	if (!ret && p->fd < 0)
		ret = bcc_program_load(p, BCC_PROG_TYPE_AUTO, NULL);
	if (ret < 0)
		return ret;
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = known.data, .data_size_in = known.data_size,
		.data_out = known.data_out, .data_size_out = known.data_out ? known.data_out_size : 0,
		.ctx_in = known.context, .ctx_size_in = known.context_size, .ctx_out = known.context_out,
		.ctx_size_out = known.context_out ? known.context_out_size : 0, .repeat = known.repeat,
		.flags = known.flags, .cpu = known.cpu);
	ret = bpf_prog_test_run_opts(p->fd, &opts);
	if (ret && ret != -ENOSPC)
		return test_run_failed(p, ret);
	known.data_out_size = opts.data_size_out;
	known.context_out_size = opts.ctx_size_out;
	known.result = opts.retval;
	known.duration = opts.duration;
	size = run->size;
	memcpy(run, &known, size < sizeof(known) ? size : sizeof(known));
	run->size = size;
	return ret ? test_run_failed(p, ret) : 0;
}
