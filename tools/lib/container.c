/* SPDX-License-Identifier: Apache-2.0 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "container.h"
#include "settings.h"
#include "tool.h"

static int cgroup_fd = -1, mntns_fd = -1;

static void container_open_set(const char *path, const char *macro, int *fd)
{
	struct bpf_map_info info = {0};
	uint32_t size = sizeof(info);

	if (!path)
		return;
	*fd = bpf_obj_get(path);
	if (*fd < 0) {
		tool_warn("cannot open the BPF map %s: %s", path, strerror(errno));
		exit(EXIT_FAILURE);
	}
	if (bpf_obj_get_info_by_fd(*fd, &info, &size) || info.key_size != sizeof(uint64_t) ||
		(info.type != BPF_MAP_TYPE_HASH && info.type != BPF_MAP_TYPE_LRU_HASH)) {
		tool_warn("%s is not a BPF hash map with keys of 8 bytes", path);
		exit(EXIT_FAILURE);
	}
	/* the kernel compares the maps' shapes, which are part of the text */
	tool_define("%s=%u,%u,%u,%u", macro, info.type, info.value_size, info.max_entries, info.map_flags);
}

void container_open(void)
{
	container_open_set(settings.cgroup_map, "FILTER_CGROUPS", &cgroup_fd);
	container_open_set(settings.mntns_map, "FILTER_MNTNSS", &mntns_fd);
}

static int container_set_table(struct bcc *b, const char *table, int fd)
{
	uint32_t zero = 0;

	if (fd < 0)
		return 0;
	return bcc_table_set(bcc_table_find(b, table), &zero, sizeof(zero), &fd, sizeof(fd), 0);
}

int container_set(struct bcc *b)
{
	int ret = container_set_table(b, "filter_cgroups", cgroup_fd);

	return ret ? ret : container_set_table(b, "filter_mntnss", mntns_fd);
}

void container_close(void)
{
	if (cgroup_fd >= 0)
		close(cgroup_fd);
	if (mntns_fd >= 0)
		close(mntns_fd);
	cgroup_fd = mntns_fd = -1;
}
