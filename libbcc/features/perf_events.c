/* SPDX-License-Identifier: Apache-2.0 */
/* Perf events: those that the kernel has numbers for, which are tried out, and those that drivers list. */
#include "probes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/array.h"
#include "common/cleanup.h"
#include "libbcc/kernel/private_mount.h"

/* The names are those of perf(1). */
static const struct perf_events_name {
	const char *name;
	unsigned config;
} perf_events_hardware[] =
	{
		{"cpu-cycles", PERF_COUNT_HW_CPU_CYCLES},
		{"instructions", PERF_COUNT_HW_INSTRUCTIONS},
		{"cache-references", PERF_COUNT_HW_CACHE_REFERENCES},
		{"cache-misses", PERF_COUNT_HW_CACHE_MISSES},
		{"branch-instructions", PERF_COUNT_HW_BRANCH_INSTRUCTIONS},
		{"branch-misses", PERF_COUNT_HW_BRANCH_MISSES},
		{"bus-cycles", PERF_COUNT_HW_BUS_CYCLES},
		{"stalled-cycles-frontend", PERF_COUNT_HW_STALLED_CYCLES_FRONTEND},
		{"stalled-cycles-backend", PERF_COUNT_HW_STALLED_CYCLES_BACKEND},
		{"ref-cycles", PERF_COUNT_HW_REF_CPU_CYCLES},
},
  perf_events_software[] = {
	  {"cpu-clock", PERF_COUNT_SW_CPU_CLOCK},
	  {"task-clock", PERF_COUNT_SW_TASK_CLOCK},
	  {"page-faults", PERF_COUNT_SW_PAGE_FAULTS},
	  {"context-switches", PERF_COUNT_SW_CONTEXT_SWITCHES},
	  {"cpu-migrations", PERF_COUNT_SW_CPU_MIGRATIONS},
	  {"minor-faults", PERF_COUNT_SW_PAGE_FAULTS_MIN},
	  {"major-faults", PERF_COUNT_SW_PAGE_FAULTS_MAJ},
	  {"alignment-faults", PERF_COUNT_SW_ALIGNMENT_FAULTS},
	  {"emulation-faults", PERF_COUNT_SW_EMULATION_FAULTS},
	  {"dummy", PERF_COUNT_SW_DUMMY},
	  {"bpf-output", PERF_COUNT_SW_BPF_OUTPUT},
	  {"cgroup-switches", PERF_COUNT_SW_CGROUP_SWITCHES},
};

static const char *const perf_events_caches[] = {
	[PERF_COUNT_HW_CACHE_L1D] = "L1-dcache",
	[PERF_COUNT_HW_CACHE_L1I] = "L1-icache",
	[PERF_COUNT_HW_CACHE_LL] = "LLC",
	[PERF_COUNT_HW_CACHE_DTLB] = "dTLB",
	[PERF_COUNT_HW_CACHE_ITLB] = "iTLB",
	[PERF_COUNT_HW_CACHE_BPU] = "branch",
	[PERF_COUNT_HW_CACHE_NODE] = "node",
};

/* NULL: it can be counted. */
static const char *perf_events_obstacle(unsigned type, unsigned config)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr), .type = type, .config = config, .disabled = 1, .exclude_hv = 1};
	long fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd >= 0) {
		close((int)fd);
		return NULL;
	}
	if (errno == EACCES || errno == EPERM)
		return "this user may not count it (CAP_PERFMON, or kernel.perf_event_paranoid)";
	return "neither the processor nor the kernel counts it here";
}

static int perf_events_report(
	const struct bcc_probe_search *s, unsigned type, const char *name, unsigned config)
{
	char detail[64];
	struct bcc_probe probe = {.kind = s->kind, .place = "", .name = name, .result = "", .detail = detail};

	if (!bcc_probe_wanted(s, "", name))
		return 0;
	snprintf(detail, sizeof(detail), "type=%u,config=0x%x", type, config);
	probe.obstacle = perf_events_obstacle(type, config);
	return s->fn(s->ctx, &probe);
}

static int perf_events_list(
	const struct bcc_probe_search *s, unsigned type, const struct perf_events_name *names, size_t count)
{
	int ret = 0;

	for (size_t i = 0; i < count && !ret; i++)
		ret = perf_events_report(s, type, names[i].name, names[i].config);
	return ret;
}

static int perf_events_cache(const struct bcc_probe_search *s, unsigned cache)
{
	static const struct {
		const char *name;
		unsigned operation, result;
	} what[] = {
		{"loads", PERF_COUNT_HW_CACHE_OP_READ, PERF_COUNT_HW_CACHE_RESULT_ACCESS},
		{"load-misses", PERF_COUNT_HW_CACHE_OP_READ, PERF_COUNT_HW_CACHE_RESULT_MISS},
		{"stores", PERF_COUNT_HW_CACHE_OP_WRITE, PERF_COUNT_HW_CACHE_RESULT_ACCESS},
		{"store-misses", PERF_COUNT_HW_CACHE_OP_WRITE, PERF_COUNT_HW_CACHE_RESULT_MISS},
		{"prefetches", PERF_COUNT_HW_CACHE_OP_PREFETCH, PERF_COUNT_HW_CACHE_RESULT_ACCESS},
		{"prefetch-misses", PERF_COUNT_HW_CACHE_OP_PREFETCH, PERF_COUNT_HW_CACHE_RESULT_MISS},
	};
	char name[64];
	int ret = 0;

	for (size_t i = 0; i < ARRAY_SIZE(what) && !ret; i++) {
		snprintf(name, sizeof(name), "%s-%s", perf_events_caches[cache], what[i].name);
		ret = perf_events_report(
			s, PERF_TYPE_HW_CACHE, name, cache | what[i].operation << 8 | what[i].result << 16);
	}
	return ret;
}

int bcc_probes_perf_events(const struct bcc_probe_search *s)
{
	int ret = 0;

	if (s->kind == BCC_PROBE_HARDWARE)
		return perf_events_list(
			s, PERF_TYPE_HARDWARE, perf_events_hardware, ARRAY_SIZE(perf_events_hardware));
	if (s->kind == BCC_PROBE_SOFTWARE)
		return perf_events_list(
			s, PERF_TYPE_SOFTWARE, perf_events_software, ARRAY_SIZE(perf_events_software));
	for (unsigned cache = 0; cache < ARRAY_SIZE(perf_events_caches) && !ret; cache++)
		ret = perf_events_cache(s, cache);
	return ret;
}

/* ---- of drivers ---- */

/* Besides an event there are files for its unit and scale. */
static bool pmu_event_is_one(const char *name)
{
	static const char *const others[] = {".scale", ".unit", ".snapshot", ".per-pkg"};
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < ARRAY_SIZE(others); i++)
		if (!strcmp(dot, others[i]))
			return false;
	return *name != '.';
}

static DIR *pmu_events_folder(int at, const char *path)
{
	int fd = at < 0 && at != AT_FDCWD ? -1 : openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);

	if (!folder && fd >= 0)
		close(fd);
	return folder;
}

static int pmu_events_report(const struct bcc_probe_search *s, int events, const char *pmu, const char *name)
{
	bcc_auto_fd int fd = -1;
	char detail[256];
	struct bcc_probe probe = {
		.kind = s->kind, .place = pmu, .name = name, .result = "", .detail = detail};
	ssize_t size;

	if (events < 0 || !pmu_event_is_one(name) || !bcc_probe_wanted(s, pmu, name))
		return 0;
	fd = openat(events, name, O_RDONLY | O_CLOEXEC);
	size = fd < 0 ? -1 : read(fd, detail, sizeof(detail) - 1);
	if (size < 0)
		return 0; /* the device is gone */
	detail[size] = '\0';
	detail[strcspn(detail, "\n")] = '\0';
	return s->fn(s->ctx, &probe);
}

static int pmu_events_of(const struct bcc_probe_search *s, int devices, const char *pmu)
{
	char path[NAME_MAX + 16];
	bcc_auto_dir DIR *events = NULL;
	struct dirent *entry;
	int ret = 0;

	snprintf(path, sizeof(path), "%s/events", pmu);
	events = pmu_events_folder(devices, path);
	while (!ret && events && (entry = readdir(events)))
		ret = pmu_events_report(s, dirfd(events), pmu, entry->d_name);
	return ret;
}

int bcc_probes_pmu_events(const struct bcc_probe_search *s)
{
	bcc_auto_dir DIR *devices = pmu_events_folder(AT_FDCWD, "/sys/bus/event_source/devices");
	bcc_auto_fd int sysfs = devices ? -1 : bcc_mount_private("sysfs");
	struct dirent *entry;
	int ret = 0;

	if (!devices && sysfs >= 0)
		devices = pmu_events_folder(sysfs, "bus/event_source/devices");
	if (!devices)
		return bcc_fail(&s->f->err, -EOPNOTSUPP,
			"pmu: the devices that count cannot be listed: /sys/bus/event_source/devices: %s",
			strerror(errno));
	while (!ret && (entry = readdir(devices)))
		if (entry->d_name[0] != '.')
			ret = pmu_events_of(s, dirfd(devices), entry->d_name);
	return ret;
}
