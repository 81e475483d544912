/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a program at each sample of a counter: on every CPU, or for the threads of one process. */
#include "attach.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/cpu_list.h"
#include "common/options.h"
#include "libbcc/kernel/permission.h"
#include "libbcc/symbols/process/process_root.h"

/* Descriptors in the order of opening: events first, then the links that bind the program to them. */
struct fds {
	int *fd;
	size_t count, room;
};

static void fds_close(struct fds *fds)
{
	for (size_t i = 0; i < fds->count; i++)
		close(fds->fd[i]);
	free(fds->fd);
	*fds = (struct fds){0};
}

/* Takes ownership of fd. */
static int fds_add(struct fds *fds, int fd)
{
	if (fds->count == fds->room) {
		size_t room = 2 * fds->room + 16;
		int *more = realloc(fds->fd, room * sizeof(*more));

		if (!more) {
			close(fd);
			return -ENOMEM;
		}
		fds->fd = more;
		fds->room = room;
	}
	fds->fd[fds->count++] = fd;
	return 0;
}

static int open_one(struct fds *fds, struct perf_event_attr *attr, int pid, int cpu)
{
	int fd = bcc_perf_event_open(attr, pid, cpu);

	/* inherit_thread is from 5.13; older kernels can only inherit to all children or none */
	if (fd == -EINVAL && attr->inherit_thread) {
		attr->inherit_thread = attr->inherit = 0;
		fd = bcc_perf_event_open(attr, pid, cpu);
	}
	return fd < 0 ? fd : fds_add(fds, fd);
}

/* Opens the event on each CPU of a list like "0-3,5\n"; skips a CPU that went offline since it was listed. */
static int open_cpus(struct fds *fds, struct perf_event_attr *attr)
{
	bcc_auto_file FILE *file = fopen("/sys/devices/system/cpu/online", "re");
	int first, last, ret = 0;

	if (!file)
		return -errno;
	while (!ret && fscanf(file, "%d", &first) == 1) {
		last = first;
		if (fscanf(file, "-%d", &last) < 0)
			last = first;
		for (int cpu = first; !ret && cpu <= last; cpu++) {
			int at = open_one(fds, attr, -1, cpu);

			ret = at == -ENODEV && fds->count ? 0 : at;
		}
		if (fgetc(file) != ',')
			break;
	}
	return ret;
}

struct tids {
	int *tid;
	size_t count, room;
};

static bool tids_has(const struct tids *tids, int tid)
{
	for (size_t i = 0; i < tids->count; i++)
		if (tids->tid[i] == tid)
			return true;
	return false;
}

static int tids_add(struct tids *tids, int tid)
{
	if (tids->count == tids->room) {
		size_t room = 2 * tids->room + 64;
		int *more = realloc(tids->tid, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		tids->tid = more;
		tids->room = room;
	}
	tids->tid[tids->count++] = tid;
	return 0;
}

/* Goes over /proc/PID/task once; returns the number of threads that it opened for the first time. */
static int open_new_threads(
	struct fds *fds, struct perf_event_attr *attr, struct tids *tids, int pid, int cpu)
{
	bcc_auto_dir DIR *dir = NULL;
	struct dirent *entry;
	char path[64];
	int opened = 0;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (!dir)
		return errno == ENOENT ? -ESRCH : -errno;
	while ((entry = readdir(dir))) {
		int tid = atoi(entry->d_name);
		int ret;

		if (tid <= 0 || tids_has(tids, tid))
			continue;
		ret = open_one(fds, attr, tid, cpu);
		if (ret == -ESRCH)
			continue; /* it has ended meanwhile */
		if (!ret)
			ret = tids_add(tids, tid);
		if (ret)
			return ret;
		opened++;
	}
	return opened;
}

/* perf's "pid" is one thread. For a process, its present threads are opened, and later ones inherit the
 * event. This repeats until there is no new thread that may have been created by one that was not open
 * yet. */
static int perf_event_open_process(
	struct fds *fds, struct perf_event_attr *attr, const struct bcc_perf_event_opts *opts)
{
	struct tids tids = {0};
	int opened;

	attr->inherit = 1;
	attr->inherit_thread = !opts->inherit;
	do {
		opened = open_new_threads(fds, attr, &tids, opts->pid, opts->cpu);
	} while (opened > 0);
	free(tids.tid);
	if (!opened && !fds->count)
		return -ESRCH;
	return opened;
}

/* One cause, as far as it can be found out. */
static int perf_event_invalid(struct bcc *b, const struct bcc_perf_event_opts *opts)
{
	bcc_auto_file FILE *file = fopen("/proc/sys/kernel/perf_event_max_sample_rate", "re");
	unsigned long long config = opts->config, most = 0;
	int cpus = bcc_cpus_end("possible");

	if (opts->cpu >= cpus)
		return bcc_fail(&b->err, -EINVAL, "no such CPU: %d; this machine has CPUs 0 to %d", opts->cpu,
			cpus - 1);
	if (opts->sample_freq && file && fscanf(file, "%llu", &most) == 1 && opts->sample_freq > most)
		return bcc_fail(&b->err, -EINVAL,
			"%llu samples a second are more than the kernel allows, %llu (/proc/sys/kernel/perf_event_max_sample_rate)",
			(unsigned long long)opts->sample_freq, most);
	return bcc_fail(&b->err, -EINVAL,
		"perf event type %u config %#llx is refused: the kernel does not know this config, or cannot sample it",
		opts->type, config);
}

static int perf_event_refused(struct bcc *b, const struct bcc_perf_event_opts *opts, int code)
{
	unsigned long long config = opts->config;

	switch (code) {
	case -EPERM:
	case -EACCES:
		return bcc_fail_permission(
			&b->err, "no permission to open perf event type %u config %#llx", opts->type, config);
	case -ESRCH:
		return bcc_fail_process(&b->err, opts->pid, code);
	case -ENOENT:
	case -ENODEV:
	case -EOPNOTSUPP:
		if (opts->cpu >= 0 && code == -ENODEV)
			return bcc_fail(&b->err, code,
				"perf event type %u config %#llx: no CPU %d is online, or it has no such "
				"counter",
				opts->type, config, opts->cpu);
		return bcc_fail(&b->err, code,
			"this machine has no counter for perf event type %u config %#llx that can be "
			"sampled%s",
			opts->type, config,
			opts->type == PERF_TYPE_HARDWARE || opts->type == PERF_TYPE_HW_CACHE ||
					opts->type == PERF_TYPE_RAW
				? " (virtual machines often have no hardware counters; the software event cpu-clock is available everywhere)"
				: "");
	case -EINVAL:
		return perf_event_invalid(b, opts);
	default:
		return bcc_fail(&b->err, code, "perf event type %u config %#llx cannot be opened: %s",
			opts->type, config, strerror(-code));
	}
}

static int open_events(struct bcc *b, const struct bcc_perf_event_opts *opts, struct fds *fds)
{
	struct perf_event_attr attr = {
		.type = opts->type,
		.config = opts->config,
		.disabled = 1,
		.freq = opts->sample_freq != 0,
	};
	int ret;

	if (opts->sample_freq)
		attr.sample_freq = opts->sample_freq;
	else
		attr.sample_period = opts->sample_period;
	if (opts->pid)
		ret = perf_event_open_process(fds, &attr, opts);
	else if (opts->cpu < 0)
		ret = open_cpus(fds, &attr);
	else
		ret = open_one(fds, &attr, -1, opts->cpu);
	return ret ? perf_event_refused(b, opts, ret) : 0;
}

static int perf_event_attach(
	struct bcc *b, struct bcc_program *p, const struct bcc_perf_event_opts *opts, struct bcc_link **link)
{
	struct fds fds = {0};
	int ret = open_events(b, opts, &fds);

	if (!ret)
		ret = bcc_attach_load(p, BCC_KIND_PERF_EVENT, NULL);
	for (size_t i = 0; !ret && i < fds.count; i++) {
		int fd = bcc_attach_perf_fd(p, fds.fd[i]);

		if (fd < 0) {
			ret = fd;
			fds.fd[i] = fds.fd[--fds.count]; /* the kernel has closed it */
		} else {
			fds.fd[i] = fd;
		}
	}
	if (!ret) {
		ret = bcc_link_add(p, fds.fd, fds.count, link);
		fds.count = 0;
	}
	fds_close(&fds);
	return ret;
}

int bcc_attach_perf_event(
	struct bcc *b, const char *prog, const struct bcc_perf_event_opts *opts, struct bcc_link **link)
{
	struct bcc_perf_event_opts known;
	struct bcc_program *p = bcc_attach_program(b, prog);
	int ret;

	if (!p)
		return b ? b->err.code : -EINVAL;
	if (!opts)
		return bcc_fail(&b->err, -EINVAL,
			"a perf event needs options: its type, config and period or frequency");
	ret = bcc_opts(&b->err, &known, sizeof(known), opts);
	if (ret)
		return ret;
	if (!known.sample_period == !known.sample_freq)
		return bcc_fail(&b->err, -EINVAL, "a perf event takes either sample_period or sample_freq");
	if (known.pid < 0 || known.cpu < -1)
		return bcc_fail(&b->err, -EINVAL, "pid %d, cpu %d: use 0 for all processes, -1 for all CPUs",
			known.pid, known.cpu);
	return perf_event_attach(b, p, &known, link);
}
