/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "container.h"
#include "filter.h"
#include "tool.h"

/* The inode of the first PID namespace: PROC_PID_INIT_INO of the kernel. */
enum { FIRST_PIDNS = 0xeffffffc };

static bool has_pidns; /* the option was given */
static struct filter_numbers pids, tids;
static int single_pid; /* of --pid, if it is one */

static const char *filter_strip(const char *argument, uint32_t *unwanted)
{
	*unwanted = *argument == '!';
	return argument + *unwanted;
}

static void filter_read_numbers(
	struct filter_numbers *set, const char *variable, const char *argument, uint64_t min, uint64_t max)
{
	*set = (struct filter_numbers){0};
	argument = filter_strip(argument, &set->unwanted);
	set->count = argument_numbers(argument, min, max, set->numbers, FILTER_NUMBERS);
	tool_set(variable, set, sizeof(*set));
}

void filter_numbers_option(const char *variable, const char *argument, uint64_t min, uint64_t max)
{
	struct filter_numbers set;

	filter_read_numbers(&set, variable, argument, min, max);
}

void filter_pid_option(const char *argument)
{
	filter_read_numbers(&pids, "filter_pid", argument, 1, INT_MAX);
	/* a list, or all but one, is no number */
	single_pid = atoi(argument);
	if (strspn(argument, "0123456789") != strlen(argument))
		single_pid = 0;
}

void filter_only_process(int pid)
{
	pids = (struct filter_numbers){.count = 1, .numbers = {(uint32_t)pid}};
}

int filter_single_pid(void)
{
	return has_pidns ? 0 : single_pid;
}

void filter_tid_option(const char *argument)
{
	filter_read_numbers(&tids, "filter_tid", argument, 1, INT_MAX);
}

void filter_ppid_option(const char *argument)
{
	filter_numbers_option("filter_ppid", argument, 0, INT_MAX);
}

static void filter_add_user(void *ctx, const char *text)
{
	struct filter_numbers *set = ctx;

	if (set->count == FILTER_NUMBERS)
		tool_usage("there are more than %d users", FILTER_NUMBERS);
	set->numbers[set->count++] = argument_user(text);
}

void filter_uid_option(const char *argument)
{
	struct filter_numbers set = {0};

	argument_list(filter_strip(argument, &set.unwanted), filter_add_user, &set);
	tool_set("filter_uid", &set, sizeof(set));
}

static void filter_add_name(void *ctx, const char *text)
{
	struct filter_names *set = ctx;

	if (!*text)
		tool_usage("a name is empty");
	if (set->count == FILTER_NAMES)
		tool_usage("there are more than %d names", FILTER_NAMES);
	/* the kernel cuts them too */
	memcpy(set->names[set->count++], text, strnlen(text, FILTER_NAME_SIZE - 1));
}

void filter_comm_option(const char *argument)
{
	struct filter_names set = {0};

	argument_list(filter_strip(argument, &set.unwanted), filter_add_name, &set);
	tool_set("filter_comm", &set, sizeof(set));
}

/* ---- control groups: --cgroup and --container add to the same set ---- */

static struct filter_cgroup_ids cgroups;

static void filter_add_cgroup(const char *path)
{
	struct statfs fs;
	struct stat st;

	if (stat(path, &st) || statfs(path, &fs))
		tool_usage("%s: %s", path, strerror(errno));
	if (fs.f_type != CGROUP2_SUPER_MAGIC)
		tool_usage("%s is not a control group of version 2", path);
	if (cgroups.count == FILTER_CGROUP_COUNT)
		tool_usage("there are more than %d control groups", FILTER_CGROUP_COUNT);
	/* what bpf_get_current_cgroup_id() returns */
	cgroups.ids[cgroups.count++] = st.st_ino;
}

/* A path of its own, or below where control groups are usually mounted. */
static void filter_add_cgroup_path(void *ctx, const char *path)
{
	char full[PATH_MAX];

	if (*path == '/' && (!access(path, F_OK) || !strncmp(path, "/sys/fs/cgroup/", 15))) {
		filter_add_cgroup(path);
		return;
	}
	snprintf(full, sizeof(full), "/sys/fs/cgroup/%s", path + (*path == '/'));
	filter_add_cgroup(full);
}

static void filter_add_container(void *ctx, const char *name)
{
	char why[256], *path = container_cgroup("", name, why, sizeof(why));

	if (!path)
		tool_usage("%s", why);
	filter_add_cgroup(path);
	free(path);
}

static void filter_set_cgroups(const char *argument, void (*add)(void *ctx, const char *text))
{
	uint32_t unwanted;

	argument = filter_strip(argument, &unwanted);
	if (cgroups.count && unwanted != cgroups.unwanted)
		tool_usage("some control groups are wanted, and others are not");
	cgroups.unwanted = unwanted;
	argument_list(argument, add, NULL);
	tool_set("filter_cgroup", &cgroups, sizeof(cgroups));
}

void filter_cgroup_option(const char *argument)
{
	filter_set_cgroups(argument, filter_add_cgroup_path);
}

void filter_container_option(const char *argument)
{
	filter_set_cgroups(argument, filter_add_container);
}

int tool_pid_digits(void)
{
	FILE *f = fopen("/proc/sys/kernel/pid_max", "re");
	int digits = 0;

	while (f && fgetc(f) > ' ')
		digits++;
	if (f)
		fclose(f);
	return digits ? digits : 7;
}

/* ---- PID namespaces ---- */

/* 0: it is the first one, or not known. */
static uint32_t filter_pidns_inode(const char *path)
{
	struct stat st;

	return stat(path, &st) || st.st_ino == FIRST_PIDNS ? 0 : st.st_ino;
}

/* A process in it, or the file of the namespace. */
void filter_pidns_option(const char *argument)
{
	char path[PATH_MAX];
	struct statfs fs;

	snprintf(path, sizeof(path), "%s", argument);
	if (!strchr(argument, '/'))
		snprintf(path, sizeof(path), "/proc/%u/ns/pid",
			(unsigned)argument_number(argument, 1, INT_MAX));
	if (statfs(path, &fs))
		tool_usage("%s: %s", path, strerror(errno));
	if (fs.f_type != NSFS_MAGIC)
		tool_usage("%s is not a namespace", path);
	has_pidns = true;
	tool_set_number("filter_pidns", filter_pidns_inode(path));
}

/* ---- whether processes are there ---- */

static struct {
	int epoll;
	int fds[FILTER_NUMBERS]; /* of those of --pid; -1: it was not there, or has ended */
	uint32_t left;
} watched = {.epoll = -1};

int filter_watch(void)
{
	/* numbers of another namespace are not known here */
	if (!pids.count || pids.unwanted || has_pidns)
		return -1;
	watched.epoll = epoll_create1(EPOLL_CLOEXEC);
	for (uint32_t i = 0; i < pids.count; i++) {
		struct epoll_event end = {.events = EPOLLIN, .data.u32 = i};
		int fd = (int)syscall(SYS_pidfd_open, pids.numbers[i], 0);

		/* Linux before 5.3 does not tell */
		watched.fds[i] = fd;
		if (fd >= 0 && !epoll_ctl(watched.epoll, EPOLL_CTL_ADD, fd, &end))
			watched.left++;
	}
	return watched.epoll;
}

bool filter_has_ended(bool say)
{
	struct epoll_event end;

	while (epoll_wait(watched.epoll, &end, 1, 0) == 1) {
		close(watched.fds[end.data.u32]);
		watched.fds[end.data.u32] = -1;
		watched.left--;
		if (say)
			tool_warn("process %" PRIu32 " has ended", pids.numbers[end.data.u32]);
	}
	return !watched.left;
}

void filter_unwatch(void)
{
	if (watched.epoll < 0)
		return;
	for (uint32_t i = 0; i < pids.count; i++)
		if (watched.fds[i] >= 0)
			close(watched.fds[i]);
	close(watched.epoll);
	watched.epoll = -1;
}

static bool filter_is_watched(const struct filter_numbers *set, uint32_t i)
{
	return set == &pids && watched.epoll >= 0 && watched.fds[i] >= 0;
}

static void filter_say_missing_of(const struct filter_numbers *set, const char *what)
{
	for (uint32_t i = 0; i < set->count && !set->unwanted; i++)
		if (!filter_is_watched(set, i) && kill((pid_t)set->numbers[i], 0) && errno == ESRCH)
			tool_warn("there is no %s %" PRIu32, what, set->numbers[i]);
}

void filter_say_missing(void)
{
	/* which are numbers of another namespace */
	if (has_pidns)
		return;
	filter_say_missing_of(&pids, "process");
	filter_say_missing_of(&tids, "thread");
}

void filter_set_self(void)
{
	uint32_t own = filter_pidns_inode("/proc/self/ns/pid");

	tool_set_number("filter_self", getpid());
	if (!own)
		return;
	tool_set_number("filter_self_ns", own);
	if (!has_pidns)
		tool_set_number("filter_pidns", own);
}
