/* SPDX-License-Identifier: Apache-2.0 */
#include "root.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool same_of_process(int pid, const char *what)
{
	struct stat theirs, ours;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, what);
	if (stat(path, &theirs))
		return true; /* not ours to know: then it is taken for the usual case */
	snprintf(path, sizeof(path), "/proc/self/%s", what);
	return stat(path, &ours) || bcc_same_file(&theirs, &ours);
}

int bcc_root_open(int pid, struct bcc_root *root)
{
	char path[64];

	*root = (struct bcc_root){.fd = -1, .pid = pid};
	if (!pid)
		return 0;
	snprintf(path, sizeof(path), "/proc/%d", pid);
	if (access(path, F_OK))
		return -ESRCH;
	if (same_of_process(pid, "ns/mnt") && same_of_process(pid, "root"))
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/root", pid);
	root->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return 0;
}

void bcc_root_close(struct bcc_root *root)
{
	if (root->fd >= 0)
		close(root->fd);
	root->fd = -1;
}

int bcc_root_open_file(const struct bcc_root *root, const char *path)
{
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, .resolve = RESOLVE_IN_ROOT};
	long fd;

	if (root->fd < 0 || *path != '/') {
		fd = open(path, how.flags);
	} else {
		fd = syscall(SYS_openat2, root->fd, path, &how, sizeof(how));
		if (fd < 0 && errno == ENOSYS) /* before 5.6: right unless a link in there is absolute */
			fd = openat(root->fd, path + strspn(path, "/"), how.flags);
	}
	return fd < 0 ? -errno : (int)fd;
}
