/* SPDX-License-Identifier: Apache-2.0 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pinned_set.h"
#include "settings.h"
#include "tool.h"

static int cgroup_fd = -1, mntns_fd = -1;

static void pinned_set_open_one(const char *path, const char *macro, int *fd)
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

void pinned_set_open(void)
{
	pinned_set_open_one(settings.cgroup_map, "FILTER_CGROUPS", &cgroup_fd);
	pinned_set_open_one(settings.mntns_map, "FILTER_MNTNSS", &mntns_fd);
}

static int pinned_set_pass_one(struct bcc *b, const char *table, int fd)
{
	uint32_t zero = 0;

	if (fd < 0)
		return 0;
	return bcc_table_set(bcc_table_find(b, table), &zero, sizeof(zero), &fd, sizeof(fd), 0);
}

int pinned_set_pass(struct bcc *b)
{
	int ret = pinned_set_pass_one(b, "filter_cgroups", cgroup_fd);

	return ret ? ret : pinned_set_pass_one(b, "filter_mntnss", mntns_fd);
}

void pinned_set_close(void)
{
	if (cgroup_fd >= 0)
		close(cgroup_fd);
	if (mntns_fd >= 0)
		close(mntns_fd);
	cgroup_fd = mntns_fd = -1;
}
