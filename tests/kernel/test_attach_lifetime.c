/* SPDX-License-Identifier: Apache-2.0 */
/* What is attached goes away: by detaching, by closing, and when the process is killed without a chance to do
 * either. */
#include <dirent.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/mount.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <bpf/bpf.h>

#include "testlib.h"

/* Names that nothing else on the machine has. */
static const char text[] =
	"BPF_ARRAY(lt9_counts, u64, 1);\n"
	"static inline void count(void)\n"
	"{\n"
	"	int zero = 0;\n"
	"	u64 *v = lt9_counts.lookup(&zero);\n"
	"	if (v && bpf_get_current_pid_tgid() >> 32 == PID) __sync_fetch_and_add(v, 1);\n"
	"}\n"
	"int lt9_tp(void *ctx) { count(); return 0; }\n"
	"int lt9_raw(void *ctx) { count(); return 0; }\n"
	"int lt9_perf(struct bpf_perf_event_data *ctx) { count(); return 0; }\n"
	"int lt9_up(struct pt_regs *ctx) { count(); return 0; }\n"
	"int lt9_ret(struct pt_regs *ctx) { count(); return 0; }\n"
	"int lt9_kp(struct pt_regs *ctx) { count(); return 0; }\n"
	"int lt9_kret(struct pt_regs *ctx) { count(); return 0; }\n"
	"KFUNC_PROBE(vfs_read) { count(); return 0; }\n";

void lt9_function(void);

__attribute__((noinline)) void lt9_function(void)
{
	__asm__ volatile("");
}

static struct bcc *open_text(void)
{
	return open_test_text(text, NULL);
}

/* Attaches one of each kind that this kernel has; returns their number. */
static int attach_everything(struct bcc *b)
{
	struct bcc_uprobe_opts uprobe = BCC_OPTS(struct bcc_uprobe_opts, .symbol = "lt9_function");
	struct bcc_kprobe_opts kprobe = BCC_OPTS(struct bcc_kprobe_opts, .retprobe = true, .maxactive = 100);
	struct bcc_perf_event_opts perf = BCC_OPTS(struct bcc_perf_event_opts, .type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK, .sample_freq = 10, .cpu = -1);
	int count = 5, err;

	expect_ok(b, bcc_attach_tracepoint(b, "lt9_tp", "raw_syscalls", "sys_enter", NULL));
	expect_ok(b, bcc_attach_raw_tracepoint(b, "lt9_raw", "sys_enter", NULL));
	expect_ok(b, bcc_attach_perf_event(b, "lt9_perf", &perf, NULL));
	expect_ok(b, bcc_attach_uprobe(b, "lt9_up", "/proc/self/exe", &uprobe, NULL));
	uprobe.retprobe = true;
	expect_ok(b, bcc_attach_uprobe(b, "lt9_ret", "/proc/self/exe", &uprobe, NULL));
	if (have_kprobes()) {
		expect_ok(b, bcc_attach_kprobe(b, "lt9_kp", "sys_getppid", NULL, NULL));
		expect_ok(b, bcc_attach_kprobe(b, "lt9_kret", "sys_getppid", &kprobe, NULL));
		count += 2;
	}
	err = bcc_attach_all(b);
	if (err != -EPERM && err != -EOPNOTSUPP)
		expect_return(b, err, 1);
	return count + (err == 1);
}

/* ---- what the kernel has ---- */

static bool is_ours(const char *name)
{
	return !strncmp(name, "lt9_", 4) || !strncmp(name, "kfunc__vmlinux_", 15);
}

struct census {
	int programs, links, maps;
};

static bool is_our_program(uint32_t id)
{
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);
	int fd = bpf_prog_get_fd_by_id(id);
	bool ours = fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &size) && is_ours(info.name);

	if (fd >= 0)
		close(fd);
	return ours;
}

static bool is_our_map(uint32_t id)
{
	struct bpf_map_info info = {0};
	uint32_t size = sizeof(info);
	int fd = bpf_map_get_fd_by_id(id);
	bool ours = fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &size) && is_ours(info.name);

	if (fd >= 0)
		close(fd);
	return ours;
}

static bool is_our_link(uint32_t id)
{
	struct bpf_link_info info = {0};
	uint32_t size = sizeof(info);
	int fd = bpf_link_get_fd_by_id(id);
	bool ours = fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &size) && is_our_program(info.prog_id);

	if (fd >= 0)
		close(fd);
	return ours;
}

static struct census take_census(void)
{
	struct census c = {0};

	for (uint32_t id = 0; !bpf_prog_get_next_id(id, &id);)
		c.programs += is_our_program(id);
	for (uint32_t id = 0; !bpf_map_get_next_id(id, &id);)
		c.maps += is_our_map(id);
	for (uint32_t id = 0; !bpf_link_get_next_id(id, &id);)
		c.links += is_our_link(id);
	return c;
}

/* The kernel frees asynchronously; on a busy machine this takes time. */
static void expect_nothing_left(void)
{
	struct census c;

	for (int i = 0; i < 1200; i++) {
		c = take_census();
		if (!c.programs && !c.links && !c.maps)
			return;
		usleep(50000);
	}
	fail_msg("%d programs, %d links and %d maps are left in the kernel", c.programs, c.links, c.maps);
}

/* The lines of tracefs' kprobe_events and uprobe_events; "" if it has none or is not available. */
static void read_probe_events(char *buf, size_t size)
{
	static const char *const files[] = {"kprobe_events", "uprobe_events"};
	int context = syscall(SYS_fsopen, "tracefs", FSOPEN_CLOEXEC);
	int root = -1;
	size_t used = 0;

	if (context >= 0 && !syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		root = syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, 0);
	for (int i = 0; root >= 0 && i < 2; i++) {
		int fd = openat(root, files[i], O_RDONLY | O_CLOEXEC);
		ssize_t n = fd < 0 ? 0 : read(fd, buf + used, size - used - 1);

		used += n > 0 ? n : 0;
		if (fd >= 0)
			close(fd);
	}
	buf[used] = '\0';
	if (root >= 0)
		close(root);
	if (context >= 0)
		close(context);
}

static int open_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

/* ---- tests ---- */

#define READY_FD 9

/* This program, executed again by the test: it attaches, reports how much, and waits to be killed. */
static int attach_and_wait(void)
{
	int attached = attach_everything(open_text());

	if (write(READY_FD, &attached, sizeof(attached)) != sizeof(attached))
		return 1;
	for (;;)
		pause();
}

static pid_t start_attached(int *attached)
{
	int ready[2];
	pid_t child;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	child = fork();
	if (!child) {
		dup2(ready[1], READY_FD);
		execl("/proc/self/exe", "kernel_attach_lifetime", "attach", NULL);
		_exit(127);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], attached, sizeof(*attached)), sizeof(*attached));
	close(ready[0]);
	return child;
}

static void test_killed(void **state)
{
	char before[4096], during[4096], after[4096];
	int attached;
	struct census c;
	pid_t child;

	if (geteuid())
		test_missing("BPF needs root here");
	expect_nothing_left();
	read_probe_events(before, sizeof(before));
	child = start_attached(&attached);
	c = take_census();
	read_probe_events(during, sizeof(during));
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	/* everything was there: perf events have a link for each CPU */
	assert_int_equal(c.programs, attached);
	assert_int_equal(c.maps, 1);
	assert_int_equal(c.links, attached - 1 + sysconf(_SC_NPROCESSORS_ONLN));
	expect_nothing_left();
	read_probe_events(after, sizeof(after));
	assert_string_equal(before, during);
	assert_string_equal(before, after);
}

static void test_closed(void **state)
{
	struct bcc *b = open_text();
	int attached = attach_everything(b);

	assert_int_equal(take_census().programs, attached);
	bcc_close(b);
	expect_nothing_left();
}

/* Enough of them that the kernel's waiting is shared: those of others stay open, and no program runs after
 * bcc_close(). */
static void test_many_are_closed_together(void **state)
{
	static const char *const names[] = {"sched_switch", "sched_wakeup", "sched_wakeup_new",
		"sched_process_exit", "sched_process_exec", "sched_process_fork", "sched_process_free",
		"sched_process_wait", "sched_migrate_task", "sched_waking"};
	const size_t name_count = sizeof(names) / sizeof(*names);
	struct bcc_table_info info = {.size = sizeof(info)};
	int before, counts, others[sizeof(names) / sizeof(*names)];
	const uint32_t zero = 0;
	uint64_t at_end, later;
	struct bcc *b;

	before = open_descriptors(); /* test_closed() has opened what is kept for all handles */
	b = open_text();
	for (size_t i = 0; i < 2 * name_count; i++) {
		expect_ok(b, bcc_attach_tracepoint(b, i < name_count ? "lt9_tp" : "lt9_raw", "sched",
				     names[i % name_count], NULL));
		if (i < name_count)
			others[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	}
	expect_ok(b, bcc_table_info(bcc_table_find(b, "lt9_counts"), &info));
	counts = fcntl(info.fd, F_DUPFD_CLOEXEC, 0);
	for (int i = 0; i < 20; i++)
		usleep(1000);
	bcc_close(b);
	assert_int_equal(bpf_map_lookup_elem(counts, &zero, &at_end), 0);
	for (int i = 0; i < 20; i++)
		usleep(1000);
	assert_int_equal(bpf_map_lookup_elem(counts, &zero, &later), 0);
	assert_true(at_end > 0);
	assert_int_equal(at_end, later);
	close(counts);
	for (size_t i = 0; i < name_count; i++)
		assert_int_equal(close(others[i]), 0);
	assert_int_equal(open_descriptors(), before);
	expect_nothing_left();
}

static void test_no_descriptor_leaks(void **state)
{
	int before = 0;

	for (int round = 0; round < 5; round++) {
		struct bcc *b = open_text();
		struct bcc_link *link;

		attach_everything(b);
		expect_ok(b, bcc_attach_raw_tracepoint(b, "lt9_raw", "sys_exit", &link));
		assert_int_equal(bcc_detach(link), 0);
		assert_true(bcc_attach_tracepoint(b, "lt9_tp", "sched", "absent", NULL) < 0);
		assert_true(bcc_attach_uprobe(b, "lt9_up", "c",
				    &BCC_OPTS(struct bcc_uprobe_opts, .symbol = "absent"), NULL) < 0);
		bcc_close(b);
		/* the first round opens what is kept for all handles */
		if (!round)
			before = open_descriptors();
		assert_int_equal(open_descriptors(), before);
	}
	expect_nothing_left();
}

static void test_descriptors_close_on_exec(void **state)
{
	struct bcc *b = open_text();
	struct dirent *entry;
	DIR *dir;

	attach_everything(b);
	dir = opendir("/proc/self/fd");
	while ((entry = readdir(dir))) {
		char path[300], target[64] = "";
		int fd = atoi(entry->d_name);

		snprintf(path, sizeof(path), "/proc/self/fd/%s", entry->d_name);
		if (readlink(path, target, sizeof(target) - 1) > 0 &&
			(strstr(target, "bpf") || strstr(target, "perf_event")))
			assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	}
	closedir(dir);
	bcc_close(b);
}

static void test_detach_null(void **state)
{
	assert_int_equal(bcc_detach(NULL), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_closed),
		cmocka_unit_test(test_many_are_closed_together),
		cmocka_unit_test(test_no_descriptor_leaks),
		cmocka_unit_test(test_descriptors_close_on_exec),
		cmocka_unit_test(test_detach_null),
	};

	if (argc > 1 && !strcmp(argv[1], "attach"))
		return attach_and_wait();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
