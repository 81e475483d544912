/* SPDX-License-Identifier: Apache-2.0 */
/* Where a link is attached, in words. */
#include "loaded.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/netfilter.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/array.h"
#include "common/cleanup.h"
#include "common/kernel_bpf.h"

/* The kernel's struct bpf_link_info, as far as it is used here: that of the build may be older. */
struct link_target_info {
	uint32_t type, id, program, unused;
	union {
		struct {
			uint64_t name;
			uint32_t length;
		} named; /* raw_tracepoint, iter */
		struct {
			uint32_t attach_type, object, type;
		} tracing;
		struct {
			uint64_t cgroup;
			uint32_t attach_type;
		} cgroup;
		struct {
			uint32_t inode, attach_type;
		} netns;
		struct {
			uint32_t device, attach_type; /* XDP has no second */
		} device;			      /* xdp, tcx (6.6), netkit (6.7) */
		struct {
			uint32_t family, hook;
			int32_t priority;
		} netfilter; /* 6.4 */
		struct {
			uint32_t table;
		} struct_ops;
		struct {
			uint64_t addresses;
			uint32_t count;
		} kprobe_multi; /* 6.6 */
		struct {
			uint64_t path, offsets, semaphores, cookies;
			uint32_t path_size, count, flags, pid;
		} uprobe_multi; /* 6.8 */
		struct {
			uint32_t type, unused;
			uint64_t name; /* of an event: its config */
			uint32_t length, offset;
		} perf_event; /* 6.6 */
		uint64_t most[8];
	};
};

/* enum bpf_link_type: those that are newer than the oldest supported headers */
enum {
	LINK_KPROBE_MULTI = 8,
	LINK_STRUCT_OPS = 9,
	LINK_NETFILTER = 10,
	LINK_TCX = 11,
	LINK_UPROBE_MULTI = 12,
	LINK_NETKIT = 13,
};

static const char *link_target_attach_type(unsigned type)
{
	const char *name = libbpf_bpf_attach_type_str(type);

	return name ? name : "";
}

static void link_target_device(char *text, size_t size, const char *what, uint32_t index, const char *where)
{
	char name[IF_NAMESIZE];

	if (!index)
		snprintf(text, size, "%s%s (the device is gone)", what, where);
	else if (if_indextoname(index, name))
		snprintf(text, size, "%s:%s%s", what, name, where);
	else
		/* in another network namespace */
		snprintf(text, size, "%s:device %u%s", what, index, where);
}

/* A cgroup's ID is its handle in the file system. */
static void link_target_cgroup(char *text, size_t size, uint64_t id, const char *what)
{
	union {
		struct file_handle handle;
		char bytes[sizeof(struct file_handle) + sizeof(id)];
	} h = {.handle = {.handle_bytes = sizeof(id), .handle_type = 0xfe /* FILEID_KERNFS */}};
	static const char *const roots[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
	char link[64], path[3072];

	memcpy(h.handle.f_handle, &id, sizeof(id));
	for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
		bcc_auto_fd int root = open(roots[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		bcc_auto_fd int fd = root < 0 ? -1 : open_by_handle_at(root, &h.handle, O_PATH | O_CLOEXEC);
		ssize_t length;

		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		length = fd < 0 ? -1 : readlink(link, path, sizeof(path) - 1);
		if (length <= 0)
			continue;
		path[length] = '\0';
		snprintf(text, size, "%s:%s", what, path);
		return;
	}
	snprintf(text, size, "%s:cgroup %" PRIu64, what, id);
}

static void link_target_netfilter(char *text, size_t size, const struct link_target_info *info)
{
	static const char *const hooks[] = {"prerouting", "input", "forward", "output", "postrouting"};
	uint32_t family = info->netfilter.family, hook = info->netfilter.hook;

	snprintf(text, size, "netfilter:%s %s priority %d",
		family == NFPROTO_IPV4	 ? "ipv4"
		: family == NFPROTO_IPV6 ? "ipv6"
					 : "?",
		hook < ARRAY_SIZE(hooks) ? hooks[hook] : "?", info->netfilter.priority);
}

static void link_target_perf_event(
	char *text, size_t size, const struct link_target_info *info, const char *name)
{
	static const char *const kinds[] = {"", "uprobe", "uretprobe", "kprobe", "kretprobe", "tracepoint"};
	uint32_t kind = info->perf_event.type;

	if (kind == 6)
		snprintf(text, size, "perf_event:type=%u,config=0x%" PRIx64, info->perf_event.length,
			info->perf_event.name);
	else if (kind && kind < ARRAY_SIZE(kinds) && *name)
		snprintf(text, size,
			kind <= 2 || (kind <= 4 && info->perf_event.offset) ? "%s:%s+0x%x" : "%s:%s",
			kinds[kind], name, info->perf_event.offset);
	else if (kind && kind < ARRAY_SIZE(kinds))
		snprintf(text, size, "%s", kinds[kind]);
}

/* What the program was loaded for, by the kernel's types. */
static void link_target_typed(struct bcc_loaded *l, const struct bcc_loaded_entry *program, char *text,
	size_t size, unsigned attach_type)
{
	static const struct {
		unsigned type;
		const char *name;
	} kinds[] = {{BPF_TRACE_FENTRY, "fentry"}, {BPF_TRACE_FEXIT, "fexit"},
		{BPF_MODIFY_RETURN, "fmod_ret"}, {BPF_LSM_MAC, "lsm"}, {BPF_TRACE_RAW_TP, "raw_tracepoint"},
		{BPF_LSM_CGROUP, "lsm_cgroup"}};
	const char *kind = link_target_attach_type(attach_type), *name = NULL;
	const struct btf_type *type;
	struct btf *module = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].type == attach_type)
			kind = kinds[i].name;
	if (!l->kernel_tried)
		l->kernel = btf__load_vmlinux_btf();
	l->kernel_tried = true;
	if (!l->kernel || !program || !program->btf_type)
		type = NULL;
	else if (program->btf_type < btf__type_cnt(l->kernel))
		type = btf__type_by_id(l->kernel, program->btf_type);
	else
		type = (module = btf__load_from_kernel_by_id_split(program->btf_object, l->kernel))
			       ? btf__type_by_id(module, program->btf_type)
			       : NULL;
	if (type)
		name = btf__str_by_offset(module ? module : l->kernel, type->name_off);
	if (name && !strncmp(name, "bpf_lsm_", 8))
		name += 8;
	if (name && !strncmp(name, "btf_trace_", 10))
		name += 10;
	snprintf(text, size, name ? "%s:%s" : "%s", kind, name);
	btf__free(module);
}

/* Asks for what is behind pointers: names, in the buffer. */
static void link_target_ask(int fd, struct link_target_info *info, char *name, size_t room)
{
	struct link_target_info ask = {0};
	uint32_t size = sizeof(ask);

	switch (info->type) {
	case BPF_LINK_TYPE_RAW_TRACEPOINT:
	case BPF_LINK_TYPE_ITER:
		ask.named.name = (uintptr_t)name;
		ask.named.length = (uint32_t)room;
		break;
	case BPF_LINK_TYPE_PERF_EVENT:
		if (info->perf_event.type < 1 || info->perf_event.type > 5)
			return;
		ask.perf_event.name = (uintptr_t)name;
		ask.perf_event.length = (uint32_t)room;
		break;
	case LINK_UPROBE_MULTI:
		ask.uprobe_multi.path = (uintptr_t)name;
		ask.uprobe_multi.path_size = (uint32_t)room;
		break;
	default:
		return;
	}
	if (bpf_obj_get_info_by_fd(fd, &ask, &size))
		*name = '\0';
	name[room - 1] = '\0';
}

void bcc_loaded_link_target(
	struct bcc_loaded *l, int fd, const struct bcc_loaded_entry *program, char *text, size_t size)
{
	struct link_target_info info = {0};
	uint32_t length = sizeof(info);
	char name[3072] = "";

	*text = '\0';
	if (bpf_obj_get_info_by_fd(fd, &info, &length))
		return;
	link_target_ask(fd, &info, name, sizeof(name));
	switch (info.type) {
	case BPF_LINK_TYPE_RAW_TRACEPOINT:
		snprintf(text, size, "raw_tracepoint:%s", name);
		break;
	case BPF_LINK_TYPE_TRACING:
		link_target_typed(l, program, text, size, info.tracing.attach_type);
		break;
	case BPF_LINK_TYPE_CGROUP:
		link_target_cgroup(
			text, size, info.cgroup.cgroup, link_target_attach_type(info.cgroup.attach_type));
		break;
	case BPF_LINK_TYPE_ITER:
		snprintf(text, size, "iter:%s", name);
		break;
	case BPF_LINK_TYPE_NETNS:
		snprintf(text, size, "%s:netns %u", link_target_attach_type(info.netns.attach_type),
			info.netns.inode);
		break;
	case BPF_LINK_TYPE_XDP:
		link_target_device(text, size, "xdp", info.device.device, "");
		break;
	case BPF_LINK_TYPE_PERF_EVENT:
		link_target_perf_event(text, size, &info, name);
		break;
	case LINK_KPROBE_MULTI:
		if (info.kprobe_multi.count)
			snprintf(text, size, "kprobe_multi:%u functions", info.kprobe_multi.count);
		else
			snprintf(text, size, "kprobe_multi");
		break;
	case LINK_STRUCT_OPS:
		snprintf(text, size, "struct_ops:table %u", info.struct_ops.table);
		break;
	case LINK_NETFILTER:
		link_target_netfilter(text, size, &info);
		break;
	case LINK_TCX:
		link_target_device(text, size, "tcx", info.device.device,
			info.device.attach_type == KERNEL_BPF_TCX_INGRESS ? " ingress" : " egress");
		break;
	case LINK_UPROBE_MULTI:
		snprintf(text, size, "uprobe_multi:%s, %u places", name, info.uprobe_multi.count);
		break;
	case LINK_NETKIT:
		link_target_device(text, size, "netkit", info.device.device,
			info.device.attach_type == KERNEL_BPF_NETKIT_PRIMARY ? " primary" : " peer");
		break;
	default:
		break;
	}
}
