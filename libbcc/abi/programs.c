/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions of libbpf that clients expect in BCC's library. They cannot call libbpf's, which have the same
 * names, so they make the system calls themselves.
 */
#include "abi.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int sys_bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr)) < 0 ? -errno : 0;
}

int bpf_prog_attach(int prog_fd, int attachable_fd, enum bpf_attach_type type, unsigned int flags)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.target_fd = attachable_fd;
	attr.attach_bpf_fd = prog_fd;
	attr.attach_type = type;
	attr.attach_flags = flags;
	return sys_bpf(BPF_PROG_ATTACH, &attr);
}

int bpf_prog_detach2(int prog_fd, int attachable_fd, enum bpf_attach_type type)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.target_fd = attachable_fd;
	attr.attach_bpf_fd = prog_fd;
	attr.attach_type = type;
	return sys_bpf(BPF_PROG_DETACH, &attr);
}

int bpf_prog_test_run_opts(int prog_fd, struct bpf_test_run_opts *opts)
{
	struct bpf_test_run_opts run = {0};
	union bpf_attr attr;
	size_t size;
	int ret;

	if (!opts || opts->sz < offsetof(struct bpf_test_run_opts, retval))
		return -EINVAL;
	/* the caller's struct may be of another version */
	size = opts->sz < sizeof(run) ? opts->sz : sizeof(run);
	memcpy(&run, opts, size);
	memset(&attr, 0, sizeof(attr));
	attr.test.prog_fd = prog_fd;
	attr.test.data_in = (uintptr_t)run.data_in;
	attr.test.data_out = (uintptr_t)run.data_out;
	attr.test.data_size_in = run.data_size_in;
	attr.test.data_size_out = run.data_size_out;
	attr.test.ctx_in = (uintptr_t)run.ctx_in;
	attr.test.ctx_out = (uintptr_t)run.ctx_out;
	attr.test.ctx_size_in = run.ctx_size_in;
	attr.test.ctx_size_out = run.ctx_size_out;
	attr.test.repeat = run.repeat;
	attr.test.flags = run.flags;
	attr.test.cpu = run.cpu;
	attr.test.batch_size = run.batch_size;
	ret = sys_bpf(BPF_PROG_TEST_RUN, &attr);
	run.data_size_out = attr.test.data_size_out;
	run.ctx_size_out = attr.test.ctx_size_out;
	run.duration = attr.test.duration;
	run.retval = attr.test.retval;
	memcpy(opts, &run, size);
	return ret;
}
