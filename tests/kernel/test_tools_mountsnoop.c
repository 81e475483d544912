/* SPDX-License-Identifier: Apache-2.0 */
/* mountsnoop shows the calls that a process is known to have made, in a mount namespace of its own. */
#include <linux/mount.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "tool_run.h"

#define MOUNTSNOOP "tools/mountsnoop"
#define HEADER "COMM             PID     TID     MNT_NS      CALL"

/* MNT_DETACH of sys/mount.h, which does not go together with linux/mount.h */
enum { DETACH = 2 };

static char folder[] = "/tmp/bcc-mount-XXXXXX";
/* of the workload; shared with it */
static unsigned long *mount_namespace;

static int set_up(void **state)
{
	mount_namespace = mmap(
		NULL, sizeof(*mount_namespace), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return !mkdtemp(folder);
}

static int tear_down(void **state)
{
	return rmdir(folder);
}

static void mount_all(void *ctx)
{
	struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY};
	struct stat st;
	int fs, mount;

	for (int fd = 3; fd < 64; fd++)
		close(fd);
	if (unshare(CLONE_NEWNS) || stat("/proc/self/ns/mnt", &st))
		_exit(1);
	*mount_namespace = st.st_ino;
	syscall(SYS_mount, NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	syscall(SYS_mount, "none", folder, "tmpfs", MS_NODEV | MS_NOEXEC, "size=1M,mode=700");
	syscall(SYS_mount, "no\x1b[1m\"ne\"", "/nonexistent", "tm\npfs", MS_MGC_VAL | MS_RDONLY | 0x80000000,
		"\xff");
	syscall(SYS_umount2, folder, DETACH);
	syscall(SYS_umount2, "/nonexistent", 0x40 | 8);
	fs = syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC); /* 3 */
	syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, "size", "1M", 0);
	syscall(SYS_fsconfig, fs, FSCONFIG_SET_FLAG, "ro", NULL, 0);
	syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
	mount = syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NODEV); /* 4 */
	syscall(SYS_move_mount, mount, "", AT_FDCWD, folder, MOVE_MOUNT_F_EMPTY_PATH);
	syscall(SYS_fspick, AT_FDCWD, "/nonexistent", FSPICK_CLOEXEC);
	syscall(SYS_open_tree, AT_FDCWD, "/nonexistent", OPEN_TREE_CLONE | AT_RECURSIVE);
	syscall(SYS_mount_setattr, 77, "x", 0, &attributes, sizeof(attributes));
	syscall(SYS_pivot_root, "/nonexistent", NULL);
}

static const char *const made[] = {"mount(NULL, \"/\", NULL, MS_REC|MS_PRIVATE, NULL) = 0",
	"mount(\"none\", \"%s\", \"tmpfs\", MS_NODEV|MS_NOEXEC, \"size=1M,mode=700\") = 0",
	"mount(\"no\\x1b[1m\\\"ne\\\"\", \"/nonexistent\", \"tm\\npfs\", MS_MGC_VAL|MS_RDONLY, \"\\xff\") = -ENOENT",
	"umount(\"%s\", MNT_DETACH) = 0", "umount(\"/nonexistent\", UMOUNT_NOFOLLOW|0x40) = -EINVAL",
	"fsopen(\"tmpfs\", FSOPEN_CLOEXEC) = 3", "fsconfig(3, FSCONFIG_SET_STRING, \"size\", \"1M\", 0) = 0",
	"fsconfig(3, FSCONFIG_SET_FLAG, \"ro\", NULL, 0) = 0",
	"fsconfig(3, FSCONFIG_CMD_CREATE, NULL, NULL, 0) = 0",
	"fsmount(3, FSMOUNT_CLOEXEC, MOUNT_ATTR_NODEV) = 4",
	"move_mount(4, \"\", AT_FDCWD, \"%s\", MOVE_MOUNT_F_EMPTY_PATH) = 0",
	"fspick(AT_FDCWD, \"/nonexistent\", FSPICK_CLOEXEC) = -ENOENT",
	"open_tree(AT_FDCWD, \"/nonexistent\", OPEN_TREE_CLONE|AT_RECURSIVE) = -ENOENT", NULL,
	"pivot_root(\"/nonexistent\", NULL) = -E"};
enum { CALLS = sizeof(made) / sizeof(made[0]) };

/* Compares the calls of all lines, of which `prefix` is the beginning. */
static void check_calls(const struct tool_run *run, const char *prefix)
{
	const char *line = strchr(run->text, '\n') + 1;
	char expected[512];

	for (int i = 0; i < CALLS; i++, line = strchr(line, '\n') + 1) {
		strcpy(expected, prefix);
		if (made[i])
			add(expected, made[i], folder);
		else
			/* the pointer differs */
			add(expected, "mount_setattr(77, \"x\", 0x0, 0x");
		if (strncmp(line, expected, strlen(expected)))
			fail_msg("line:\n%.300s\nexpected:\n%s\nstderr:\n%s", line, expected, run->errors);
		if (made[i] && i < CALLS - 1)
			assert_int_equal(line[strlen(expected)], '\n');
	}
	assert_string_equal(line, "");
}

static void test_calls(void **state)
{
	char prefix[128], pid[16];
	struct tool_run run;
	struct workload w;

	workload_new(&w, "mounting", mount_all, NULL);
	tool_start(&run, MOUNTSNOOP, "-p", number_text(pid, w.pid));
	tool_wait_line(&run, HEADER);
	workload_go(&w);
	tool_stop(&run, SIGINT);
	sprintf(prefix, "mounting         %-7d %-7d %-11lu ", w.pid, w.pid, *mount_namespace);
	check_calls(&run, prefix);
	assert_string_equal(run.errors, "");
	tool_free(&run);
}

static void test_parent(void **state)
{
	char prefix[128], pid[16];
	struct tool_run run;
	struct workload w;

	prctl(PR_SET_NAME, "the parent");
	workload_new(&w, "mounting", mount_all, NULL);
	tool_start(&run, MOUNTSNOOP, "-P", "-p", number_text(pid, w.pid));
	tool_wait_line(&run, "COMM             PID     TID     PCOMM            PPID    MNT_NS      CALL");
	workload_go(&w);
	tool_stop(&run, SIGINT);
	sprintf(prefix, "mounting         %-7d %-7d the parent       %-7d %-11lu ", w.pid, w.pid, getpid(),
		*mount_namespace);
	check_calls(&run, prefix);
	tool_free(&run);
}

static void test_json(void **state)
{
	char pid[16];
	struct tool_run run;
	struct workload w;

	workload_new(&w, "mounting", mount_all, NULL);
	tool_start(&run, MOUNTSNOOP, "--json", "--filter", "syscall == umount && ret == 0", "-p",
		number_text(pid, w.pid));
	while (!strchr(run.text, '\n'))
		assert_true(tool_read(&run, 60000));
	workload_go(&w);
	tool_stop(&run, SIGINT);
	assert_int_equal(tool_count_lines(&run), 2);
	assert_non_null(strstr(run.text, "\",\"syscall\":\"umount\",\"ret\":0,\"lat_ns\":"));
	tool_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_parent),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
