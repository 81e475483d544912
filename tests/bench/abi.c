/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One measurement with any libbcc.so.0, through the C functions that BCC's clients use. Prints one line of
 * NAME=VALUE.
 *
 *   bench_abi LIBRARY BEGIN_NS compile TEXT [FLAG...]  time from BEGIN_NS (CLOCK_MONOTONIC) to the module
 *   bench_abi LIBRARY BEGIN_NS load TEXT [FLAG...]     and to its loaded programs, if the kernel accepts them
 *   bench_abi LIBRARY BEGIN_NS event TEXT N [FLAG...]  cost of the program at each of N system calls
 *   bench_abi LIBRARY BEGIN_NS attach TEXT N           attaching it N times to libc and to tracepoints
 */
#include <dlfcn.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "kernel_time.h"

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void *library;

static void *function(const char *name)
{
	void *f = dlsym(library, name);

	if (!f) {
		fprintf(stderr, "no %s: %s\n", name, dlerror());
		exit(1);
	}
	return f;
}

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t room = 0;

	if (!file || getdelim(&text, &room, '\0', file) < 0) {
		perror(path);
		exit(1);
	}
	fclose(file);
	return text;
}

static void *compile(const char *path, char **flags, int count)
{
	void *(*create)(const char *, unsigned, const char **, int, bool, const char *) =
		function("bpf_module_create_c_from_string");
	char *text = read_file(path);
	void *module = create(text, 0, (const char **)flags, count, true, NULL);

	free(text);
	return module;
}

static int program_type(const char *name)
{
	static const struct {
		const char *prefix;
		int type;
	} types[] = {
		{"tracepoint__", BPF_PROG_TYPE_TRACEPOINT},
		{"raw_tracepoint__", BPF_PROG_TYPE_RAW_TRACEPOINT},
		{"do_perf", BPF_PROG_TYPE_PERF_EVENT},
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strncmp(name, types[i].prefix, strlen(types[i].prefix)) == 0)
			return types[i].type;
	return BPF_PROG_TYPE_KPROBE;
}

static int load_one(void *module, const char *name)
{
	int (*load)(void *, int, const char *, const void *, int, const char *, unsigned, int, char *,
		unsigned, const char *, int) = function("bcc_func_load");
	void *(*start)(void *, const char *) = function("bpf_function_start");
	size_t (*size)(void *, const char *) = function("bpf_function_size");
	const char *(*license)(void *) = function("bpf_module_license");
	unsigned (*version)(void *) = function("bpf_module_kern_version");
	static char log[65536];

	return load(module, program_type(name), name, start(module, name), size(module, name),
		license(module), version(module), 0, log, sizeof(log), NULL, -1);
}

static int load_all(void *module)
{
	const char *(*name)(void *, size_t) = function("bpf_function_name");
	size_t (*count)(void *) = function("bpf_num_functions");
	int loaded = 0;

	for (size_t i = 0; i < count(module); i++)
		loaded += load_one(module, name(module, i)) >= 0;
	return loaded;
}

/* Of this program alone (getrusage() includes the process that started it), and of the one that compiled for
 * it. */
static double peak_mb(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	struct rusage children;
	double kb = 0;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "VmHWM: %lf kB", &kb) == 1)
			break;
	if (file)
		fclose(file);
	getrusage(RUSAGE_CHILDREN, &children);
	return (kb + children.ru_maxrss) / 1024;
}

static double cpu_ms(int who)
{
	struct rusage usage;

	getrusage(who, &usage);
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
	       (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

static void print_start(uint64_t begin, bool ok, int loaded)
{
	uint64_t end = now();

	printf("cpu_ms=%.3f ", cpu_ms(RUSAGE_SELF) + cpu_ms(RUSAGE_CHILDREN));
	printf("ok=%d ms=%.3f kernel_ms=%.3f rss_mb=%.1f loaded=%d\n", ok, (end - begin) / 1e6,
		kernel_time.bpf / 1e6, peak_mb(), loaded);
}

/* ---- per event ---- */

static void make_events(long count)
{
	long none[6] = {0};

	for (long i = 0; i < count; i++)
		raw_syscall(SYS_getppid, none);
}

static void statistics(int fd, uint64_t *runs, uint64_t *ns)
{
	struct bpf_prog_info info = {0};
	union bpf_attr attr = {.info = {.bpf_fd = fd, .info_len = sizeof(info), .info = (uintptr_t)&info}};

	syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr), 0L, 0L, 0L);
	*runs = info.run_cnt;
	*ns = info.run_time_ns;
}

/* The best of ten parts: other work on the machine only adds to it. */
static int measure_events(void *module, long count)
{
	union bpf_attr attr = {.enable_stats.type = BPF_STATS_RUN_TIME};
	int (*attach)(int, const char *) = function("bpf_attach_raw_tracepoint");
	const char *(*name)(void *, size_t) = function("bpf_function_name");
	long stats = syscall(SYS_bpf, BPF_ENABLE_STATS, &attr, sizeof(attr), 0L, 0L, 0L);
	uint64_t runs, ns, runs_before, ns_before;
	double best = 1e9;
	int fd, at;

	fd = load_one(module, name(module, 0));
	at = fd < 0 ? -1 : attach(fd, "sys_enter");
	if (stats < 0 || at < 0)
		return 1;
	for (int part = 0; part < 10; part++) {
		statistics(fd, &runs_before, &ns_before);
		make_events(count / 10);
		statistics(fd, &runs, &ns);
		if ((double)(ns - ns_before) / (runs - runs_before) < best)
			best = (double)(ns - ns_before) / (runs - runs_before);
	}
	printf("ns=%.2f\n", best);
	return 0;
}

/* ---- attaching ---- */

/* A program runs once at each. */
static const char *const tracepoints[] = {"sched_process_exit", "sched_process_fork", "sched_process_exec",
	"sched_process_free", "sched_process_wait", "sched_kthread_stop", "sched_kthread_stop_ret",
	"sched_pi_setprio"};
#define TRACEPOINTS (sizeof(tracepoints) / sizeof(*tracepoints))

/* Elapsed and CPU time: the kernel sometimes waits for other CPUs, which a library cannot influence. */
struct times {
	uint64_t elapsed, cpu;
};

static struct times times(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (struct times){now(), t.tv_sec * 1000000000ull + t.tv_nsec};
}

static void print_times(const char *what, struct times begin, size_t count)
{
	struct times end = times();

	printf("%s_us=%.1f %s_cpu_us=%.1f ", what, (end.elapsed - begin.elapsed) / 1e3 / count, what,
		(end.cpu - begin.cpu) / 1e3 / count);
}

static int measure_attaching(void *module, int count)
{
	int (*uprobe)(int, int, const char *, const char *, uint64_t, int, uint32_t) =
		function("bpf_attach_uprobe");
	int (*tracepoint)(int, const char *, const char *) = function("bpf_attach_tracepoint");
	Dl_info libc;
	struct times begin;
	int probe = load_one(module, "on_call"),
	    trace = load_one(module, "tracepoint__sched__sched_process_exit");

	if (probe < 0 || trace < 0 || !dladdr((void *)getenv, &libc))
		return 1;
	begin = times();
	for (int i = 0; i < count; i++) {
		char name[32];

		/* perhaps not at the start of an instruction: none of them is ever run */
		snprintf(name, sizeof(name), "p_bench_%d", i);
		if (uprobe(probe, 0, name, libc.dli_fname, (uintptr_t)getenv - (uintptr_t)libc.dli_fbase,
			    getpid(), 0) < 0)
			return 1;
	}
	print_times("uprobe", begin, count);
	begin = times();
	for (size_t i = 0; i < TRACEPOINTS; i++) {
		struct times this = times();

		if (tracepoint(trace, "sched", tracepoints[i]) < 0)
			return 1;
		if (!i)
			print_times("first_tracepoint", this, 1);
	}
	print_times("tracepoint", begin, TRACEPOINTS);
	printf("\n");
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t begin;
	void *module;

	if (argc < 5)
		return 2;
	begin = strtoull(argv[2], NULL, 10);
	library = dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL);
	if (!library) {
		fprintf(stderr, "%s\n", dlerror());
		return 1;
	}
	if (strcmp(argv[3], "compile") == 0 || strcmp(argv[3], "load") == 0) {
		module = compile(argv[4], argv + 5, argc - 5);
		print_start(begin, module, module && *argv[3] == 'l' ? load_all(module) : 0);
		fflush(stdout);
		_exit(!module);
	}
	if (argc < 6)
		return 2;
	module = compile(argv[4], argv + 6, argc - 6);
	if (!module)
		return 1;
	return *argv[3] == 'e' ? measure_events(module, atol(argv[5]))
			       : measure_attaching(module, atoi(argv[5]));
}
