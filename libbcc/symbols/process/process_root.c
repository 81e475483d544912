/* SPDX-License-Identifier: Apache-2.0 */
#include "process_root.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/cleanup.h"

static bool same_of_process(int pid, const char *what)
{
	struct stat theirs, ours;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, what);
	if (stat(path, &theirs))
		return true; /* unknown: assume the usual case */
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
	if (pid < 0 || access(path, F_OK))
		return -ESRCH;
	if (same_of_process(pid, "ns/mnt") && same_of_process(pid, "root"))
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/root", pid);
	root->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	/* a kernel thread or one that ends has no root of its own; whose files these are must not depend on
	 * this process's limits */
	return root->fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM) ? -errno : 0;
}

bool bcc_process_is_zombie(int pid)
{
	char path[64], text[1024], *end;
	bcc_auto_fd int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return false;
	text[n] = '\0';
	/* the letter follows the name, which may contain anything */
	end = strrchr(text, ')');
	return end && (!strncmp(end, ") Z", 3) || !strncmp(end, ") X", 3));
}

int bcc_fail_process(struct bcc_err *err, int pid, int code)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d", pid);
	if (code == -EMFILE || code == -ENFILE)
		return bcc_fail(err, code, "process %d cannot be looked at: %s%s", pid, strerror(-code),
			code == -EMFILE ? " (ulimit -n)" : "");
	if (code != -ESRCH && code != -ENOENT)
		return bcc_fail(err, code,
			"process %d cannot be looked at: %s (this takes root, or the process's own user if it may be "
			"debugged)",
			pid, strerror(-code));
	if (pid <= 0 || (kill(pid, 0) && errno == ESRCH))
		return bcc_fail(err, -ESRCH, "no process %d", pid);
	if (access(path, F_OK)) {
		bool is_mounted = !access("/proc/self", F_OK);

		return bcc_fail(err, is_mounted ? -EACCES : -ENOENT, "process %d is not in /proc, %s", pid,
			is_mounted
				? "which hides it (its mount option hidepid, or it is of another PID namespace)"
				: "where no proc file system is mounted");
	}
	if (bcc_process_is_zombie(pid))
		return bcc_fail(err, -ESRCH,
			"process %d has ended: it is a zombie, for which its parent has not waited yet", pid);
	return bcc_fail(err, -ESRCH,
		"process %d has no memory of its own: it is a thread of the kernel, or is ending", pid);
}

void bcc_root_close(struct bcc_root *root)
{
	if (root->fd >= 0)
		close(root->fd);
	root->fd = -1;
}

/* Takes ownership of `place`, which was opened with O_PATH: that alone has no effect on the file. */
static int open_place(int place)
{
	bcc_auto_fd int found = place;
	char path[64];
	struct stat st;
	int fd;

	if (found < 0 || fstat(found, &st))
		return -errno;
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return -ENOEXEC;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", found);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int bcc_open_below(int dir, const char *path)
{
	return open_place(openat(dir, path, O_PATH | O_CLOEXEC));
}

int bcc_root_open_file(const struct bcc_root *root, const char *path)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
	long place;

	if (root->fd < 0 || *path != '/')
		return bcc_open_below(AT_FDCWD, path);
	place = syscall(SYS_openat2, root->fd, path, &how, sizeof(how));
	if (place < 0 && errno == ENOSYS) /* before 5.6: right unless a link below is absolute */
		return bcc_open_below(root->fd, path + strspn(path, "/"));
	return open_place((int)place);
}
