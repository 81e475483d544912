/* SPDX-License-Identifier: Apache-2.0 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "container.h"
#include "tool.h"

static void open_set(struct tool *t, const char *path, const char *macro, int *fd)
{
	struct bpf_map_info info = {0};
	uint32_t size = sizeof(info);

	if (!path || *fd >= 0)
		return;
	*fd = bpf_obj_get(path);
	if (*fd < 0) {
		fprintf(stderr, "%s: cannot open the BPF map %s: %s\n", t->name, path, strerror(errno));
		exit(EXIT_FAILURE);
	}
	if (bpf_obj_get_info_by_fd(*fd, &info, &size) || info.key_size != sizeof(uint64_t) ||
		(info.type != BPF_MAP_TYPE_HASH && info.type != BPF_MAP_TYPE_LRU_HASH)) {
		fprintf(stderr, "%s: %s is not a BPF hash map with keys of 8 bytes\n", t->name, path);
		exit(EXIT_FAILURE);
	}
	tool_cflag(
		t, "-D%s=%u,%u,%u,%u", macro, info.type, info.value_size, info.max_entries, info.map_flags);
}

void tool_open_containers(struct tool *t)
{
	open_set(t, t->cgroup_map, "FILTER_CGROUPS", &t->cgroup_fd);
	open_set(t, t->mntns_map, "FILTER_MNTNSS", &t->mntns_fd);
}

static int container_set(struct tool *t, const char *table, int fd)
{
	uint32_t zero = 0;

	if (fd < 0)
		return 0;
	return bcc_table_set(bcc_table_find(t->bcc, table), &zero, sizeof(zero), &fd, sizeof(fd), 0);
}

int tool_set_containers(struct tool *t)
{
	int ret = container_set(t, "filter_cgroups", t->cgroup_fd);

	return ret ? ret : container_set(t, "filter_mntnss", t->mntns_fd);
}

void tool_close_containers(struct tool *t)
{
	if (t->cgroup_fd >= 0)
		close(t->cgroup_fd);
	if (t->mntns_fd >= 0)
		close(t->mntns_fd);
	t->cgroup_fd = t->mntns_fd = -1;
}
