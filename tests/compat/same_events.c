/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: same_events TEXT OBJECT [OBJECT…]
 *
 * The same events for the programs of a text in libbpf's dialect, as several loaders have them: libbpf with
 * the first object, which clang made of the text; this library with the text; and with each of the objects.
 * All are attached at the same time, then a process that was started before makes the events, and when it has
 * ended, what each has in its tables, variables and buffers is compared with what libbpf's has. Prints one
 * line:
 *
 *   same         they have the same bytes, and so many entries, variables and records
 *   silent       they have none
 *   differs      they have others, and which
 *   only-libbpf  this library does not load it, and why
 *   only-ours    libbpf does not load it, and why
 *   neither      nobody does, and why
 */
#include <arpa/inet.h>
#include <bcc/bcc.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <linux/perf_event.h>
#include <mntent.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/kernel/own_network.h"
#include "tests/kernel/static_probe.h"

enum { LOADERS = 8, RUNS = 64, LINE = 1 << 16 };

/* What one loader has loaded. */
struct loader {
	const char *name;
	struct bpf_object *object; /* of libbpf's */
	struct bcc *b;
	char error[512];
	bool failed;
	/* for the process that runs programs */
	int runs[RUNS];
	size_t run_count;
	/* what there was to see: lines, to be sorted */
	char **lines;
	size_t count;
};

static pid_t worker;
static char cgroup[300];
static int disk = -1; /* -1: the machine has no loop devices */

/* ---- events ---- */

__attribute__((noinline)) long same_events_target(int number, const char *text);
long same_events_target(int number, const char *text)
{
	asm volatile("" : "+r"(number) : "r"(text));
	return number * 3L;
}

static void fire_probe(uint64_t one, uint64_t two)
{
	register uint64_t first __asm__(STATIC_PROBE_ONE) = one;
	register uint64_t second __asm__(STATIC_PROBE_TWO) = two;

	__asm__ volatile(
		STATIC_PROBE("same_events", "fired", "0", "-4@" STATIC_PROBE_ONE_32 " 8@" STATIC_PROBE_TWO_64)
		:
		: "r"(first), "r"(second));
}

static void child_end(pid_t child)
{
	must(child > 0 && waitpid(child, NULL, 0) == child, "a child");
}

static void make_processes(void)
{
	pid_t child = fork();

	if (!child) {
		prctl(PR_SET_NAME, "same_child");
		execl("/bin/true", "true", "one", "and two", NULL);
		_exit(127);
	}
	child_end(child);
	child = fork();
	if (!child) {
		execl("/no/such/program", "program", NULL);
		_exit(7);
	}
	child_end(child);
	child = fork();
	if (!child) {
		pause();
		_exit(0);
	}
	must(child > 0 && !kill(child, 0) && !kill(child, SIGTERM), "a signal");
	child_end(child);
}

static void make_files(void)
{
	char folder[64], path[128], other[128], data[5000] = "";
	int fd;

	snprintf(folder, sizeof(folder), "/tmp/same_events_%d", getpid());
	snprintf(path, sizeof(path), "%s/a file", folder);
	snprintf(other, sizeof(other), "%s/another", folder);
	must(!mkdir(folder, 0700), "a folder");
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	must(fd >= 0 && write(fd, data, sizeof(data)) == sizeof(data) && !fsync(fd), "a file");
	must(pread(fd, data, 100, 0) == 100 && !ftruncate(fd, 10), "reading");
	close(fd);
	must(open("/no/such/file", O_RDONLY) < 0 && !rename(path, other) && !unlink(other) && !rmdir(folder),
		"removing");
}

static void make_connections(void)
{
	static char data[3000];
	uint16_t port = 0, local, refused = own_network_refused_port();
	int listener = own_network_listen("127.0.0.1", 4, &port), near, far, udp;
	struct sockaddr_storage to;
	socklen_t size = own_network_address(&to, "127.0.0.1", 4660);

	near = own_network_connect("127.0.0.1", port, &local);
	far = accept(listener, NULL, NULL);
	must(far >= 0 && own_network_carry(near, far, sizeof(data)), "a connection");
	own_network_end(near, far);
	close(own_network_connect("127.0.0.1", refused, &local));
	close(listener);
	udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	for (int i = 1; i < 4; i++)
		must(sendto(udp, data, 100 * i, 0, (struct sockaddr *)&to, size) == 100 * i, "a datagram");
	close(udp);
}

/* A disk in memory, which goes with its last descriptor. */
static void open_disk(void)
{
	struct loop_config config = {
		.fd = memfd_create("disk", MFD_CLOEXEC), .info.lo_flags = LO_FLAGS_AUTOCLEAR};
	char path[64];
	int control;

	if (access("/dev/loop-control", F_OK) && system("modprobe loop 2>/dev/null"))
		return;
	control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	must(control >= 0 && !ftruncate(config.fd, 1 << 20), "a disk");
	snprintf(path, sizeof(path), "/dev/loop%d", ioctl(control, LOOP_CTL_GET_FREE));
	disk = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
	must(disk >= 0 && !ioctl(disk, LOOP_CONFIGURE, &config), path);
	close(control);
	close(config.fd);
}

static void use_disk(void)
{
	enum { BLOCK = 4096 };
	void *buffer = NULL;

	must(!posix_memalign(&buffer, BLOCK, BLOCK), "memory");
	memset(buffer, 1, BLOCK);
	for (int i = 0; i < 4 && disk >= 0; i++)
		must(pwrite(disk, buffer, BLOCK, i * 2 * BLOCK) == BLOCK, "a disk");
	free(buffer);
}

static void make_switches(void)
{
	int there[2], back[2];
	char c = 0;
	pid_t child;

	must(!pipe(there) && !pipe(back), "pipes");
	child = fork();
	if (!child) {
		close(there[1]);
		while (read(there[0], &c, 1) == 1)
			must(write(back[1], &c, 1) == 1, "a pipe");
		_exit(0);
	}
	for (int i = 0; i < 20; i++)
		must(write(there[1], &c, 1) == 1 && read(back[0], &c, 1) == 1, "a pipe");
	close(there[1]);
	child_end(child);
	close(there[0]);
	close(back[0]);
	close(back[1]);
}

static void make_faults(void)
{
	size_t page = sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, 64 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(memory != MAP_FAILED && !madvise(memory, 64 * page, MADV_NOHUGEPAGE), "memory");
	for (size_t i = 0; i < 64; i++)
		memory[i * page] = 1;
	munmap(memory, 64 * page);
}

static void make_calls(void)
{
	volatile char *memory;

	syscall(SYS_getpgid, 4660);
	for (int i = 1; i < 6; i++)
		same_events_target(i, "a text of the process");
	for (int i = 1; i < 4; i++)
		fire_probe(0x1122334400000000 + i, 0x5566778800000000 + i);
	for (int i = 1; i < 5; i++) {
		memory = malloc(1000 * i);
		must(memory, "memory");
		memory[0] = 1;
		free((void *)memory);
	}
}

/* Descriptors of the programs to be run, in the process that has loaded them. */
struct work {
	volatile bool is_ready;
	int count, programs[LOADERS * RUNS];
};

/* IPv4 with UDP, IPv4 with TCP, IPv6. */
static const uint8_t packets[3][64] = {
	{[12] = 0x08, [14] = 0x45, [22] = 64, [23] = 17, [36] = 0x12, 0x34},
	{[12] = 0x08, [14] = 0x45, [22] = 63, [23] = 6, [36] = 0x00, 0x50},
	{[12] = 0x86, 0xdd, 0x60, [20] = 17, 64},
};

static void run_program(int fd)
{
	struct bpf_prog_info info = {0};
	__u32 size = sizeof(info);
	LIBBPF_OPTS(bpf_test_run_opts, run);
	bool on_packets;

	must(!bpf_obj_get_info_by_fd(fd, &info, &size), "a program");
	on_packets = info.type != BPF_PROG_TYPE_SYSCALL && info.type != BPF_PROG_TYPE_RAW_TRACEPOINT;
	for (size_t i = 0; i < (on_packets ? 3 : 1); i++) {
		if (on_packets) {
			run.data_in = packets[i];
			run.data_size_in = sizeof(packets[i]);
		}
		bpf_prog_test_run_opts(fd, &run);
	}
}

/* The process that makes the events, once `start` can be read. */
static void work(int start, struct work *w)
{
	int loader, fd;
	char c;

	prctl(PR_SET_NAME, "same_events");
	w->is_ready = true;
	if (read(start, &c, 1) != 1)
		_exit(1);
	loader = syscall(SYS_pidfd_open, getppid(), 0);
	for (int i = 0; i < w->count; i++) {
		fd = syscall(SYS_pidfd_getfd, loader, w->programs[i], 0);
		must(fd >= 0, "a program");
		run_program(fd);
		close(fd);
	}
	make_calls();
	make_files();
	make_processes();
	make_connections();
	make_switches();
	make_faults();
	use_disk();
	_exit(0);
}

/* What the process does before it waits, the first loader's programs would see and the others' not. */
static void wait_until_it_waits(const struct work *w)
{
	char path[64], state = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", worker);
	while (!w->is_ready || state != 'S') {
		usleep(1000);
		f = fopen(path, "re");
		must(f && fscanf(f, "%*d (%*[^)]) %c", &state) == 1, path);
		fclose(f);
	}
}

/* ---- loading ---- */

static void say(struct loader *l, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct loader *l, const char *format, ...)
{
	va_list args;

	if (l->failed)
		return;
	l->failed = true;
	va_start(args, format);
	vsnprintf(l->error, sizeof(l->error), format, args);
	va_end(args);
}

static char libbpf_says[512];

static int on_libbpf(enum libbpf_print_level level, const char *format, va_list args)
{
	if (level == LIBBPF_WARN && !*libbpf_says)
		vsnprintf(libbpf_says, sizeof(libbpf_says), format, args);
	return 0;
}

static int fault_event(void)
{
	struct perf_event_attr attr = {.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_PAGE_FAULTS,
		.sample_period = 1};

	return syscall(SYS_perf_event_open, &attr, worker, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

static bool is_run(const char *name)
{
	return !strncmp(name, "run", 3) || !strncmp(name, "packet", 6);
}

static bool is_of_cgroup(int type)
{
	switch (type) {
	case BPF_PROG_TYPE_CGROUP_SKB:
	case BPF_PROG_TYPE_CGROUP_SOCK:
	case BPF_PROG_TYPE_CGROUP_SOCK_ADDR:
	case BPF_PROG_TYPE_CGROUP_SOCKOPT:
	case BPF_PROG_TYPE_CGROUP_SYSCTL:
	case BPF_PROG_TYPE_SOCK_OPS:
		return true;
	default:
		return false;
	}
}

static void add_run(struct loader *l, int fd)
{
	must(l->run_count < RUNS, "too many programs");
	l->runs[l->run_count++] = fd;
}

static void add_line(struct loader *l, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add_line(struct loader *l, const char *format, ...)
{
	va_list args;

	l->lines = realloc(l->lines, (l->count + 1) * sizeof(*l->lines));
	must(l->lines, "memory");
	va_start(args, format);
	must(vasprintf(&l->lines[l->count++], format, args) >= 0, "memory");
	va_end(args);
}

static void add_iterator(struct loader *l, int fd, const char *program)
{
	char text[4096];
	ssize_t size, all = 0;

	while (fd >= 0 && (size = read(fd, text + all, sizeof(text) - 1 - all)) > 0)
		all += size;
	text[all] = '\0';
	if (all)
		add_line(l, "iterator %s %s", program, text);
	close(fd);
}

static void libbpf_attach(struct loader *l, struct bpf_program *p)
{
	int type = bpf_program__type(p), fd = bpf_program__fd(p);
	const char *name = bpf_program__name(p);
	struct bpf_link *link = NULL;

	if (!bpf_program__autoload(p))
		return;
	if (is_run(name)) {
		add_run(l, fd);
		return;
	}
	errno = 0;
	if (is_of_cgroup(type))
		link = bpf_program__attach_cgroup(p, open(cgroup, O_RDONLY | O_CLOEXEC));
	else if (type == BPF_PROG_TYPE_PERF_EVENT)
		link = bpf_program__attach_perf_event(p, fault_event());
	else
		link = bpf_program__attach(p);
	if (!link)
		say(l, "%s: %s", name, *libbpf_says ? libbpf_says : strerror(errno));
	else if (bpf_program__expected_attach_type(p) == BPF_TRACE_ITER)
		add_iterator(l, bpf_iter_create(bpf_link__fd(link)), name);
}

/* What a table of variables has, before and after it is created. */
static char *libbpf_memory(struct bpf_map *map, char *initial, size_t size)
{
	static char now[1 << 16];
	int zero = 0;

	if (bpf_map__fd(map) < 0)
		return initial;
	must(size <= sizeof(now) && !bpf_map_lookup_elem(bpf_map__fd(map), &zero, now), "variables");
	return now;
}

/* Where a variable of libbpf's tables is; NULL: nowhere. */
static void *libbpf_variable(struct bpf_object *object, const char *name, size_t *bytes, bool constant)
{
	const struct btf *btf = bpf_object__btf(object);
	struct bpf_map *map;

	bpf_object__for_each_map(map, object)
	{
		const struct btf_type *section = btf__type_by_id(btf, bpf_map__btf_value_type_id(map));
		size_t size;
		char *memory = (char *)bpf_map__initial_value(map, &size);

		if (!memory || !section || !btf_is_datasec(section) ||
			constant != (strstr(bpf_map__name(map), ".rodata") != NULL) ||
			strstr(bpf_map__name(map), ".kconfig") || strstr(bpf_map__name(map), ".rel"))
			continue;
		for (int i = 0; i < btf_vlen(section); i++) {
			const struct btf_var_secinfo *at = btf_var_secinfos(section) + i;
			const struct btf_type *var = btf__type_by_id(btf, at->type);

			if (strcmp(btf__name_by_offset(btf, var->name_off), name) != 0 ||
				at->offset + at->size > size)
				continue;
			*bytes = at->size;
			return libbpf_memory(map, memory, size) + at->offset;
		}
	}
	return NULL;
}

static void libbpf_load(struct loader *l, const char *path)
{
	struct bpf_program *p;
	size_t bytes;
	int *own;

	libbpf_set_print(on_libbpf);
	l->object = bpf_object__open_file(path, NULL);
	if (!l->object) {
		say(l, "%s", *libbpf_says ? libbpf_says : strerror(errno));
		return;
	}
	own = libbpf_variable(l->object, "own_process", &bytes, true);
	if (own)
		*own = worker;
	if (bpf_object__load(l->object)) {
		say(l, "%s", *libbpf_says ? libbpf_says : strerror(errno));
		return;
	}
	bpf_object__for_each_program(p, l->object) libbpf_attach(l, p);
}

static int attach_faults(struct bcc *b, const char *name)
{
	const struct bcc_perf_event_opts opts =
		BCC_OPTS(struct bcc_perf_event_opts, .type = PERF_TYPE_SOFTWARE,
			.config = PERF_COUNT_SW_PAGE_FAULTS, .sample_period = 1, .pid = worker, .cpu = -1);

	return bcc_attach_perf_event(b, name, &opts, NULL);
}

/* Those that bcc_attach_all() leaves to others. */
static int own_attach(struct loader *l, struct bcc_program *p)
{
	const char *section = bcc_program_section(p), *name = bcc_program_name(p);
	int ret = 0;

	if (*section == '?')
		return 0;
	if (is_run(name)) {
		ret = bcc_program_load(p, BCC_PROG_TYPE_AUTO, NULL);
		if (ret >= 0)
			add_run(l, bcc_program_fd(p));
	} else if (!strncmp(section, "cgroup", 6) || !strcmp(section, "sockops")) {
		ret = bcc_attach_cgroup(l->b, name, cgroup, NULL, NULL);
	} else if (!strcmp(section, "perf_event")) {
		ret = attach_faults(l->b, name);
	} else if (!strncmp(section, "iter/", 5)) {
		ret = bcc_open_iter(l->b, name, NULL);
		if (ret >= 0)
			add_iterator(l, ret, name);
	}
	return ret < 0 ? ret : 0;
}

static int on_record(void *ctx, int cpu, const void *data, size_t size);

static void own_open_buffers(struct loader *l)
{
	for (size_t i = 0; i < bcc_table_count(l->b) && !l->failed; i++) {
		struct bcc_table_info info = {.size = sizeof(info)};
		int ret = 0;

		if (bcc_table_info(bcc_table_at(l->b, i), &info))
			continue;
		if (info.type == BPF_MAP_TYPE_RINGBUF)
			ret = bcc_open_ring(l->b, info.name, on_record, l);
		else if (info.type == BPF_MAP_TYPE_PERF_EVENT_ARRAY)
			ret = bcc_open_perf(l->b, info.name, on_record, l,
				&BCC_OPTS(struct bcc_perf_opts, .page_count = 64));
		if (ret)
			say(l, "%s", bcc_error(l->b));
	}
}

static void own_load(struct loader *l, const char *path, bool is_object)
{
	const struct bcc_open_opts opts = BCC_OPTS(struct bcc_open_opts, .deferred = true);
	static char bytes[8 << 20];
	struct bcc_variable *own;
	size_t size = 0;
	int ret;

	if (is_object) {
		FILE *f = fopen(path, "re");

		must(f, path);
		size = fread(bytes, 1, sizeof(bytes), f);
		fclose(f);
		ret = bcc_open_object(bytes, size, &opts, &l->b);
	} else {
		ret = bcc_open_file(path, &opts, &l->b);
	}
	own = ret ? NULL : bcc_variable_find(l->b, "own_process");
	if (own)
		ret = bcc_variable_set(own, &worker, sizeof(worker));
	if (!ret)
		ret = bcc_create(l->b);
	if (!ret)
		own_open_buffers(l);
	for (size_t i = 0; !ret && i < bcc_program_count(l->b); i++)
		ret = own_attach(l, bcc_program_at(l->b, i));
	if (!ret)
		ret = bcc_attach_all(l->b);
	if (ret < 0)
		say(l, "%s", bcc_error(l->b));
}

/* ---- what there is to see ---- */

static void add_bytes(struct loader *l, const char *what, const char *name, const void *key, size_t key_size,
	const void *value, size_t size)
{
	static char line[LINE];
	size_t at = 0;

	for (size_t i = 0; i < key_size && at < LINE - 8; i++)
		at += sprintf(line + at, "%02x", ((const uint8_t *)key)[i]);
	at += sprintf(line + at, ":");
	for (size_t i = 0; i < size && at < LINE - 8; i++)
		at += sprintf(line + at, "%02x", ((const uint8_t *)value)[i]);
	add_line(l, "%s %s %s", what, name, line);
}

static int on_record(void *ctx, int cpu, const void *data, size_t size)
{
	struct loader *l = ctx;
	uint32_t number = l->count;

	/* the number keeps the order */
	add_bytes(l, "record", "", &number, 0, data, size);
	return 0;
}

static int on_ring(void *ctx, void *data, size_t size)
{
	return on_record(ctx, 0, data, size);
}

static void on_perf(void *ctx, int cpu, void *data, __u32 size)
{
	on_record(ctx, cpu, data, size);
}

static bool is_zero(const uint8_t *bytes, size_t size)
{
	return !size || (!*bytes && !memcmp(bytes, bytes + 1, size - 1));
}

static bool is_shown(int type)
{
	switch (type) {
	case BPF_MAP_TYPE_HASH:
	case BPF_MAP_TYPE_ARRAY:
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_PERCPU_ARRAY:
	case BPF_MAP_TYPE_LRU_HASH:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
	case BPF_MAP_TYPE_LPM_TRIE:
	case BPF_MAP_TYPE_STACK_TRACE:
	case BPF_MAP_TYPE_QUEUE:
	case BPF_MAP_TYPE_STACK:
		return true;
	default:
		return false;
	}
}

static void add_table(struct loader *l, int fd)
{
	static uint8_t key[4096], next[4096], value[1 << 16];
	struct bpf_map_info info = {0};
	__u32 length = sizeof(info);
	bool first = true;
	size_t size;

	if (bpf_obj_get_info_by_fd(fd, &info, &length) || !is_shown(info.type) || strchr(info.name, '.') ||
		!strncmp(info.name, "__bpf_usdt", 10) || !strncmp(info.name, "__usdt", 6))
		return;
	size = info.value_size;
	if (info.type == BPF_MAP_TYPE_PERCPU_HASH || info.type == BPF_MAP_TYPE_PERCPU_ARRAY ||
		info.type == BPF_MAP_TYPE_LRU_PERCPU_HASH)
		size = (size + 7) / 8 * 8 * libbpf_num_possible_cpus();
	must(size <= sizeof(value) && info.key_size <= sizeof(key), "a large table");
	if (info.type == BPF_MAP_TYPE_QUEUE || info.type == BPF_MAP_TYPE_STACK) {
		while (!bpf_map_lookup_and_delete_elem(fd, NULL, value))
			add_bytes(l, "queued", info.name, &l->count, 0, value, size);
		return;
	}
	while (!bpf_map_get_next_key(fd, first ? NULL : key, next)) {
		first = false;
		memcpy(key, next, info.key_size);
		if (!bpf_map_lookup_elem(fd, key, value) &&
			(info.type != BPF_MAP_TYPE_ARRAY || !is_zero(value, size)) &&
			(info.type != BPF_MAP_TYPE_PERCPU_ARRAY || !is_zero(value, size)))
			add_bytes(l, "entry", info.name, key, info.key_size, value, size);
	}
}

/* The variables that programs can write, by the names that libbpf's object has. */
static void add_variables(struct loader *l, struct bpf_object *names)
{
	const struct btf *btf = bpf_object__btf(names);

	for (__u32 i = 1; btf && i < btf__type_cnt(btf); i++) {
		const struct btf_type *t = btf__type_by_id(btf, i);
		const char *name = btf__name_by_offset(btf, t->name_off);
		struct bcc_variable_info info = {.size = sizeof(info)};
		static uint8_t value[1 << 16];
		size_t bytes = 0;
		void *memory;

		if (!btf_is_var(t) || !strcasecmp(name, "license"))
			continue;
		if (l->object) {
			memory = libbpf_variable(l->object, name, &bytes, false);
			if (memory && bytes <= sizeof(value))
				memcpy(value, memory, bytes);
		} else if (!bcc_variable_info(bcc_variable_find(l->b, name), &info) && !info.is_constant &&
			   !strstr(info.section, ".rel") && info.bytes <= sizeof(value) &&
			   !bcc_variable_get(bcc_variable_find(l->b, name), value, info.bytes)) {
			bytes = info.bytes;
		}
		if (bytes && !is_zero(value, bytes))
			add_bytes(l, "variable", name, NULL, 0, value, bytes);
	}
}

static void libbpf_read(struct loader *l)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, l->object)
	{
		struct ring_buffer *ring = NULL;

		if (bpf_map__type(map) == BPF_MAP_TYPE_RINGBUF)
			ring = ring_buffer__new(bpf_map__fd(map), on_ring, l, NULL);
		if (ring)
			ring_buffer__consume(ring);
		ring_buffer__free(ring);
		add_table(l, bpf_map__fd(map));
	}
}

/* Perf buffers take only what comes after they are opened. */
static struct perf_buffer *libbpf_perf;

static void libbpf_open_perf(struct loader *l)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, l->object) if (bpf_map__type(map) == BPF_MAP_TYPE_PERF_EVENT_ARRAY)
		libbpf_perf = perf_buffer__new(bpf_map__fd(map), 64, on_perf, NULL, l, NULL);
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void read_all(struct loader *l, struct bpf_object *names)
{
	size_t records;

	if (l->object) {
		if (libbpf_perf)
			perf_buffer__consume(libbpf_perf);
		libbpf_read(l);
	} else {
		bcc_consume(l->b);
		for (size_t i = 0; i < bcc_table_count(l->b); i++) {
			struct bcc_table_info info = {.size = sizeof(info)};

			if (!bcc_table_info(bcc_table_at(l->b, i), &info))
				add_table(l, info.fd);
		}
	}
	if (names)
		add_variables(l, names);
	/* records have an order, entries have none */
	records = 0;
	for (size_t i = 0; i < l->count; i++) {
		if (strncmp(l->lines[i], "record", 6) != 0)
			continue;
		char *line = l->lines[i];

		memmove(&l->lines[records + 1], &l->lines[records], (i - records) * sizeof(*l->lines));
		l->lines[records++] = line;
	}
	qsort(l->lines + records, l->count - records, sizeof(*l->lines), compare_lines);
}

/* ---- the verdict ---- */

static void print_one_line(const char *text)
{
	for (size_t i = 0; text[i] && i < 300; i++)
		putchar(text[i] == '\n' ? ' ' : text[i]);
}

static int verdict(const char *name, struct loader *loaders, size_t count)
{
	struct loader *first = &loaders[0];

	printf("%s ", name);
	for (size_t i = 1; i < count; i++) {
		if (!loaders[i].failed || first->failed)
			continue;
		printf("only-libbpf %s: ", loaders[i].name);
		print_one_line(loaders[i].error);
		putchar('\n');
		return 1;
	}
	if (first->failed) {
		printf("%s libbpf: ", loaders[1].failed ? "neither" : "only-ours");
		print_one_line(first->error);
		if (loaders[1].failed) {
			printf(" | ours: ");
			print_one_line(loaders[1].error);
		}
		putchar('\n');
		return 0;
	}
	for (size_t i = 1; i < count; i++) {
		struct loader *l = &loaders[i];
		size_t same = 0;

		while (same < l->count && same < first->count && !strcmp(l->lines[same], first->lines[same]))
			same++;
		if (same == l->count && same == first->count)
			continue;
		printf("differs %s: %zu lines, not %zu: %s / %s\n", l->name, l->count, first->count,
			same < l->count ? l->lines[same] : "nothing",
			same < first->count ? first->lines[same] : "nothing");
		return 1;
	}
	printf("%s %zu lines, %zu programs of ours\n", first->count ? "same" : "silent", first->count,
		bcc_program_count(loaders[1].b));
	if (getenv("SAME_EVENTS_VERBOSE"))
		for (size_t i = 0; i < first->count; i++)
			printf("    %s\n", first->lines[i]);
	return 0;
}

static void find_cgroup(void)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *mount;

	while (mounts && !*cgroup && (mount = getmntent(mounts)))
		if (!strcmp(mount->mnt_type, "cgroup2"))
			snprintf(cgroup, sizeof(cgroup), "%s/same_events_%d", mount->mnt_dir, getpid());
	if (mounts)
		endmntent(mounts);
	if (mkdir(cgroup, 0755))
		*cgroup = '\0';
}

static void enter_cgroup(void)
{
	char path[400];
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	must(fd >= 0 && write(fd, "0", 1) == 1, path);
	close(fd);
}

static int compare(const char *text, char **objects, size_t object_count)
{
	struct loader loaders[LOADERS] = {{.name = "libbpf"}, {.name = "text"}};
	struct work *w = own_network_share(sizeof(*w));
	size_t count = 2 + object_count;
	cpu_set_t one;
	int start[2], status;

	/* values of each CPU are to be those of the same */
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	must(!sched_setaffinity(0, sizeof(one), &one) && own_network_enter() && !pipe(start), "a process");
	worker = fork();
	if (!worker) {
		close(start[1]);
		if (*cgroup)
			enter_cgroup();
		work(start[0], w);
	}
	must(worker > 0 && count <= LOADERS, "a process");
	close(start[0]);
	wait_until_it_waits(w);
	libbpf_load(&loaders[0], objects[0]);
	own_load(&loaders[1], text, false);
	for (size_t i = 0; i < object_count; i++) {
		loaders[2 + i].name = objects[i];
		own_load(&loaders[2 + i], objects[i], true);
	}
	if (!loaders[0].failed)
		libbpf_open_perf(&loaders[0]);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < loaders[i].run_count && !loaders[i].failed; j++)
			w->programs[w->count++] = loaders[i].runs[j];
	must(write(start[1], "", 1) == 1 && waitpid(worker, &status, 0) == worker, "the events");
	if (status) {
		printf("%s broken: the process that makes the events ended with status %d\n", text, status);
		return 1;
	}
	for (size_t i = 0; i < count; i++)
		if (!loaders[i].failed)
			read_all(&loaders[i], loaders[0].object);
	status = verdict(basename(text), loaders, count);
	for (size_t i = 1; i < count; i++)
		bcc_close(loaders[i].b);
	return status;
}

int main(int argc, char **argv)
{
	pid_t child;
	int status = 1;

	if (argc < 3) {
		fprintf(stderr, "usage: same_events TEXT OBJECT [OBJECT…]\n");
		return 2;
	}
	find_cgroup();
	open_disk();
	child = fork();
	if (!child) {
		status = compare(argv[1], argv + 2, argc - 2);
		fflush(stdout);
		_exit(status);
	}
	must(child > 0 && waitpid(child, &status, 0) == child, "a process");
	if (*cgroup)
		rmdir(cgroup);
	if (WIFSIGNALED(status))
		printf("%s broken: signal %d\n", argv[1], WTERMSIG(status));
	return status ? 1 : 0;
}
