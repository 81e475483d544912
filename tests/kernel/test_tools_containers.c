/* SPDX-License-Identifier: Apache-2.0 */
/* --mntnsmap and --cgroupmap: only what is in a pinned table at the time of the event. */
#include <bpf/bpf.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "tool_run.h"

#define HEADER "PID    COMM               FD ERR PATH"

static char folder[] = "/tmp/bcc-containers-XXXXXX";
/* shared with the workload: progress of both */
static volatile int *stage;

/* Directories with a BPF and a cgroup file system that only this process and its children see. */
static int set_up(void **state)
{
	char path[64];

	stage = mmap(NULL, sizeof(*stage), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!mkdtemp(folder) || unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mount("tmpfs", folder, "tmpfs", 0, NULL))
		return -1;
	sprintf(path, "%s/bpf", folder);
	if (mkdir(path, 0700) || mount("bpf", path, "bpf", 0, NULL))
		return -1;
	sprintf(path, "%s/cgroup", folder);
	return mkdir(path, 0700) || mount("cgroup2", path, "cgroup2", 0, NULL);
}

static int tear_down(void **state)
{
	umount2(folder, MNT_DETACH);
	return rmdir(folder);
}

static void wait_for_stage(int wanted)
{
	while (*stage < wanted)
		usleep(1000);
}

static void open_before_and_after(void *ctx)
{
	wait_for_stage(1);
	syscall(SYS_openat, AT_FDCWD, "/nonexistent/before", O_RDONLY);
	*stage = 2;
	wait_for_stage(3);
	syscall(SYS_openat, AT_FDCWD, "/nonexistent/after", O_RDONLY);
}

static void check(const char *option, uint64_t key, uint32_t value_size, uint32_t entries)
{
	char path[64], expected[256], pid[16], value[8] = {0};
	struct tool_run run;
	struct workload w;
	int fd = bpf_map_create(BPF_MAP_TYPE_HASH, "wanted", sizeof(key), value_size, entries, NULL);

	assert_true(fd >= 0);
	sprintf(path, "%s/bpf/wanted", folder);
	unlink(path); /* from a failed test */
	assert_int_equal(bpf_obj_pin(fd, path), 0);
	*stage = 0;
	workload_new(&w, "contained", open_before_and_after, NULL);
	assert_int_equal(write(w.go, "g", 1), 1);
	tool_start(&run, "tools/opensnoop", option, path, "-p", number_text(pid, w.pid));
	tool_wait_line(&run, HEADER);
	*stage = 1;
	wait_for_stage(2);
	assert_int_equal(bpf_map_update_elem(fd, &key, value, BPF_ANY), 0);
	*stage = 3;
	assert_int_equal(waitpid(w.pid, NULL, 0), w.pid);
	close(w.go);
	tool_stop(&run, SIGINT);
	sprintf(expected, HEADER "\n%-6d contained          -1   2 /nonexistent/after\n", w.pid);
	tool_assert_output(&run, expected);
	assert_int_equal(unlink(path), 0);
	close(fd);
	tool_free(&run);
}

static void test_mount_namespace(void **state)
{
	struct stat st;

	assert_int_equal(stat("/proc/self/ns/mnt", &st), 0);
	check("--mntnsmap", st.st_ino, 4, 128);
}

/* Our own control group, where this test has mounted them. */
static void own_cgroup(char *path, size_t size)
{
	char line[PATH_MAX] = "";
	FILE *f = fopen("/proc/self/cgroup", "re");

	while (f && fgets(line, sizeof(line), f) && strncmp(line, "0::", 3))
		;
	fclose(f);
	assert_memory_equal(line, "0::", 3);
	line[strcspn(line, "\n")] = '\0';
	snprintf(path, size, "%s/cgroup%s", folder, line + 3);
}

static void test_cgroup_map(void **state)
{
	char path[2 * PATH_MAX];
	struct stat st;

	own_cgroup(path, sizeof(path));
	/* a cgroup's id is the inode of its directory */
	assert_int_equal(stat(path, &st), 0);
	check("--cgroupmap", st.st_ino, 8, 1024);
}

static char leaf[2 * PATH_MAX + 64];

static void open_in_leaf(void *ctx)
{
	char procs[sizeof(leaf) + 32];
	int fd;

	snprintf(procs, sizeof(procs), "%s/cgroup.procs", leaf);
	fd = open(procs, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1)
		_exit(1);
	syscall(SYS_openat, AT_FDCWD, "/nonexistent/leaf", O_RDONLY);
}

/* By path: those below count too. */
static void test_cgroup_path(void **state)
{
	char own[2 * PATH_MAX], upper[2 * PATH_MAX + 32], others[2 * PATH_MAX + 48], pid[16];
	static const char seen[] = "PATH\n/nonexistent/leaf\n", none[] = "PATH\n";
	struct tool_run below, exact, outside;
	struct workload w;

	own_cgroup(own, sizeof(own));
	snprintf(upper, sizeof(upper), "%s/bcc-test-%d", own, getpid());
	snprintf(leaf, sizeof(leaf), "%s/leaf", upper);
	snprintf(others, sizeof(others), "!%s", upper);
	assert_int_equal(mkdir(upper, 0755), 0);
	assert_int_equal(mkdir(leaf, 0755), 0);
	workload_new(&w, "leaf", open_in_leaf, NULL);
	number_text(pid, w.pid);
	tool_start(&below, "tools/opensnoop", "--columns", "path", "-p", pid, "--cgroup", upper, "--filter",
		"path ~ leaf$");
	tool_start(&exact, "tools/opensnoop", "--columns", "path", "-p", pid, "--cgroup", leaf);
	tool_start(&outside, "tools/opensnoop", "--columns", "path", "-p", pid, "--cgroup", others,
		"--filter", "path ~ leaf$");
	tool_wait_line(&below, "PATH");
	tool_wait_line(&exact, "PATH");
	tool_wait_line(&outside, "PATH");
	workload_go(&w);
	tool_stop(&below, SIGINT);
	tool_stop(&exact, SIGINT);
	tool_stop(&outside, SIGINT);
	rmdir(leaf);
	rmdir(upper);
	tool_assert_output(&below, seen);
	tool_assert_output(&exact, seen);
	tool_assert_output(&outside, none);
	tool_free(&below);
	tool_free(&exact);
	tool_free(&outside);
}

static void test_refused_paths(void **state)
{
	static const struct {
		const char *option, *value, *why;
	} cases[] = {{"--cgroup", "/nonexistent", "--cgroup: /sys/fs/cgroup/nonexistent: "},
		{"--cgroup", "/tmp", "--cgroup: /tmp is not a control group of version 2"},
		{"--container", "no-such-one", "--container: no container 'no-such-one' is known"}};
	struct tool_run run;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		tool_start(&run, "tools/opensnoop", cases[i].option, cases[i].value);
		tool_end(&run, 60);
		assert_int_equal(run.status, 2);
		if (!strstr(run.errors, cases[i].why))
			fail_msg("%s", run.errors);
		tool_free(&run);
	}
}

static void test_refused(void **state)
{
	struct tool_run run;
	char path[64];
	int fd;

	tool_start(&run, "tools/execsnoop", "--mntnsmap", "/nonexistent/map");
	tool_end(&run, 60);
	assert_int_equal(run.status, 1);
	assert_string_equal(run.errors,
		"execsnoop: cannot open the BPF map /nonexistent/map: No such file or directory\n");
	tool_free(&run);

	fd = bpf_map_create(BPF_MAP_TYPE_HASH, "narrow", 4, 4, 1, NULL);
	assert_true(fd >= 0);
	sprintf(path, "%s/bpf/narrow", folder);
	assert_int_equal(bpf_obj_pin(fd, path), 0);
	tool_start(&run, "tools/tcpconnect", "--cgroupmap", path);
	tool_end(&run, 60);
	assert_int_equal(run.status, 1);
	assert_non_null(strstr(run.errors, "narrow is not a BPF hash map with keys of 8 bytes\n"));
	tool_free(&run);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mount_namespace),
		cmocka_unit_test(test_cgroup_map),
		cmocka_unit_test(test_cgroup_path),
		cmocka_unit_test(test_refused_paths),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
