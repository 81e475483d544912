/* SPDX-License-Identifier: Apache-2.0 */
/* A cgroup of the test's own. */
#ifndef TESTS_KERNEL_OWN_CGROUP_H
#define TESTS_KERNEL_OWN_CGROUP_H

#include "testlib.h"

#include <fcntl.h>
#include <mntent.h>
#include <sys/stat.h>

static char cgroup[300];

static inline void make_cgroup(void)
{
	static int made;
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *mount;

	if (geteuid())
		test_missing("cgroups need root here");
	*cgroup = '\0';
	while (mounts && !*cgroup && (mount = getmntent(mounts)))
		if (!strcmp(mount->mnt_type, "cgroup2"))
			snprintf(cgroup, sizeof(cgroup), "%s/bcc_test_%d_%d", mount->mnt_dir, getpid(),
				++made);
	if (mounts)
		endmntent(mounts);
	if (!*cgroup)
		test_missing("no cgroup2 is mounted");
	if (mkdir(cgroup, 0755))
		test_missing("%s: %s", cgroup, strerror(errno));
}

static inline void remove_cgroup(void)
{
	/* its last process may still be exiting */
	for (int i = 0; rmdir(cgroup) && errno == EBUSY && i < 1200; i++)
		usleep(50000);
	assert_int_equal(access(cgroup, F_OK), -1);
}

/* After a test that failed. */
static inline int clean_up(void **state)
{
	rmdir(cgroup);
	return 0;
}

static inline int enter_cgroup(void)
{
	char path[400];
	int fd, ret;

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	ret = fd >= 0 && write(fd, "0", 1) == 1 ? 0 : -errno;
	close(fd);
	return ret;
}

#endif
