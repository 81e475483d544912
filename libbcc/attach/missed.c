/* SPDX-License-Identifier: Apache-2.0 */
/* How often the kernel left out programs that are attached. */
#include "attach.h"

#include <errno.h>
#include <stddef.h>

#include <bpf/bpf.h>

#include "libbcc/kernel/release.h"

/* Of enum bpf_perf_event_type, Linux 6.6. */
enum { KERNEL_PERF_EVENT_KPROBE = 3, KERNEL_PERF_EVENT_KRETPROBE = 4 };

/* As Linux 6.7 has struct bpf_link_info, for the links that count. Older kernels fill in less of it. */
struct missed_link_info {
	uint32_t type, id, program_id;
	union {
		struct {
			uint64_t addresses;
			uint32_t count, flags;
			uint64_t missed, cookies;
		} kprobe_multi;
		struct {
			uint32_t type, unused;
			uint64_t function;
			uint32_t length, offset;
			uint64_t address, missed, cookie;
		} perf_event;
	} __attribute__((aligned(8)));
};

/* Descriptors of perf events, which belong to links too, tell nothing. */
static uint64_t missed_by_link(int fd)
{
	struct missed_link_info info = {0};
	uint32_t size = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		return 0;
	if (info.type == BPF_LINK_TYPE_KPROBE_MULTI)
		return info.kprobe_multi.missed;
	if (info.type == BPF_LINK_TYPE_PERF_EVENT &&
		(info.perf_event.type == KERNEL_PERF_EVENT_KPROBE ||
			info.perf_event.type == KERNEL_PERF_EVENT_KRETPROBE))
		return info.perf_event.missed;
	return 0;
}

static uint64_t missed_by_program(const struct bcc_program *p)
{
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);

	return p->fd < 0 || bpf_obj_get_info_by_fd(p->fd, &info, &size) ? 0 : info.recursion_misses;
}

int bcc_missed(struct bcc *b, uint64_t *missed)
{
	if (!b)
		return -EINVAL;
	if (!missed)
		return bcc_fail(&b->err, -EINVAL, "bcc_missed: there is nowhere to put the number");
	*missed = 0;
	for (size_t i = 0; i < bcc_program_count(b); i++)
		*missed += missed_by_program(bcc_program_at(b, i));
	if (!bcc_kernel_is_at_least(6, 7))
		return 0;
	for (const struct bcc_link *link = b->links; link; link = link->next)
		for (size_t i = 0; i < link->fd_count; i++)
			*missed += missed_by_link(link->fds[i]);
	return 0;
}
