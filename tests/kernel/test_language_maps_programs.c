/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of things other than values: entries 25 to 28 of the language's maps, cgroups, storage of sockets
 * and tasks, buffers that user space fills. */
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <net/if.h>
#include <sys/mman.h>

#include "map_run.h"
#include "own_events.h"

static bool has_address_in(const uint64_t *stack, const void *start, size_t size)
{
	for (int i = 0; i < 127 && stack[i]; i++)
		if (stack[i] - (uintptr_t)start < size)
			return true;
	return false;
}

/* The table is large, so that the two stacks hardly ever hash to one bucket, where the second would be
 * rejected. */
static void test_maps_25_get_stackid(void **state)
{
	struct bcc *b = open_own_events("BPF_STACK_TRACE(stacks, 8192); BPF_ARRAY(ids, s64, 2);",
		"int zero = 0, one = 1; s64 id = stacks.get_stackid(ctx, 0); ids.update(&zero, &id);\n"
		"id = stacks.get_stackid(ctx, BPF_F_USER_STACK); ids.update(&one, &id);");
	struct bcc_table *stacks = table_of(b, "stacks");
	uint64_t kernel[127] = {0}, user[127] = {0};
	uint32_t id;

	own_event(1);
	id = table_u64(b, "ids", 0);
	expect_ok(b, bcc_table_get(stacks, &id, sizeof(id), kernel, sizeof(kernel)));
	/* x86-64 and arm64: the kernel's half of the addresses */
	assert_true(kernel[0] >> 63);
	id = table_u64(b, "ids", 1);
	expect_ok(b, bcc_table_get(stacks, &id, sizeof(id), user, sizeof(user)));
	assert_true(has_address_in(user, (void *)(uintptr_t)syscall, 64));
	bcc_close(b);
}

/* Page faults of this process, some of which it causes itself. */
static int open_faults(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr), .config = PERF_COUNT_SW_PAGE_FAULTS};

	return syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

static uint64_t faults(int fd)
{
	uint64_t value = 0;

	assert_int_equal(read(fd, &value, sizeof(value)), sizeof(value));
	return value;
}

static void make_faults(int count)
{
	size_t page = sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, count * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(memory != MAP_FAILED);
	madvise(memory, count * page, MADV_NOHUGEPAGE);
	for (int i = 0; i < count; i++)
		memory[i * page] = 1;
	munmap(memory, count * page);
}

static void test_maps_26_perf_read(void **state)
{
	struct bcc *b = open_own_events("BPF_PERF_ARRAY(counters, 2); BPF_ARRAY(seen, u64, 3);",
		"int slot = n; u64 v = counters.perf_read(0); if (n < 2) seen.update(&slot, &v);\n"
		"slot = 2; v = counters.perf_read(1); seen.update(&slot, &v);");
	int fd = open_faults();
	uint64_t before, first, second;

	if (fd < 0)
		test_missing("perf events of software: %m");
	set_u32(b, "counters", 0, fd);
	before = faults(fd);
	own_event(0);
	make_faults(100);
	own_event(1);
	first = table_u64(b, "seen", 0);
	second = table_u64(b, "seen", 1);
	assert_true(before <= first && second <= faults(fd));
	assert_true(second - first >= 100);
	/* nothing is counted there */
	assert_int_equal((int64_t)table_u64(b, "seen", 2), -ENOENT);
	close(fd);
	bcc_close(b);
}

/* The same with the time for which it has counted. */
static void test_maps_26_perf_counter_value(void **state)
{
	struct bcc *b = open_own_events(
		"BPF_PERF_ARRAY(counters, 2); BPF_ARRAY(seen, struct bpf_perf_event_value, 3);"
		"BPF_ARRAY(results, s64, 2);",
		"struct bpf_perf_event_value v = {}; int slot = n, zero = 0, one = 1;\n"
		"s64 r = counters.perf_counter_value(0, &v, sizeof(v)); results.update(&zero, &r);\n"
		"if (n < 2) seen.update(&slot, &v);\n"
		"r = counters.perf_counter_value(1, &v, sizeof(v)); results.update(&one, &r);");
	struct bpf_perf_event_value first, second;
	int fd = open_faults(), slot = 0;

	if (fd < 0)
		test_missing("perf events of software: %m");
	set_u32(b, "counters", 0, fd);
	own_event(0);
	make_faults(100);
	own_event(1);
	assert_int_equal((int64_t)table_u64(b, "results", 0), 0);
	assert_int_equal((int64_t)table_u64(b, "results", 1), -ENOENT);
	expect_ok(b, bcc_table_get(table_of(b, "seen"), &slot, sizeof(slot), &first, sizeof(first)));
	slot = 1;
	expect_ok(b, bcc_table_get(table_of(b, "seen"), &slot, sizeof(slot), &second, sizeof(second)));
	assert_in_range(second.counter - first.counter, 100, faults(fd));
	assert_true(second.enabled > first.enabled && second.running == second.enabled);
	close(fd);
	bcc_close(b);
}

static void test_maps_27_call(void **state)
{
	struct bcc *b = open_maps("BPF_PROG_ARRAY(programs, 10);\n"
				  "int next(struct __sk_buff *skb) { put(1, 5); return 7; }",
		"put(0, 1); programs.call(skb, 3); put(2, 1); programs.call(skb, 2); put(3, 1);");
	struct packet packet = random_packet(64, 1);

	set_u32(b, "programs", 2, load_program(b, "next", BPF_PROG_TYPE_SCHED_CLS));
	assert_int_equal(run_program(load_program(b, "filter", BPF_PROG_TYPE_SCHED_CLS), &packet), 7);
	/* an empty slot is skipped, a tail call to a full one does not return */
	expect_out(b, 1, 5, 1, 0);
	bcc_close(b);
}

static uint32_t run_xdp(struct bcc *b, const char *program)
{
	struct packet packet = random_packet(64, 1);

	return run_program(load_program(b, program, BPF_PROG_TYPE_XDP), &packet);
}

static void test_maps_28_redirect_map(void **state)
{
	struct bcc *b = open_test_text(
		"BPF_DEVMAP(devices, 4); BPF_CPUMAP(cpus, 4); BPF_XSKMAP(sockets, 4); BPF_DEVMAP_HASH(named, 4);\n"
		"int to_device(struct xdp_md *ctx) { return devices.redirect_map(1, 0); }\n"
		"int to_none(struct xdp_md *ctx) { return devices.redirect_map(2, 0); }\n"
		"int to_none_pass(struct xdp_md *ctx) { return devices.redirect_map(2, XDP_PASS); }\n"
		"int to_named(struct xdp_md *ctx) { return named.redirect_map(77, 0); }\n"
		"int to_cpu(struct xdp_md *ctx) { return cpus.redirect_map(0, 0); }\n"
		"int to_socket(struct xdp_md *ctx) { int k = 1; return sockets.lookup(&k) ? 99 : sockets.redirect_map(1, XDP_DROP); }\n",
		NULL);
	uint32_t lo = if_nametoindex("lo");

	set_u32(b, "devices", 1, lo);
	set_u32(b, "named", 77, lo);
	set_u32(b, "cpus", 0, 192);
	/* XDP_ABORTED 0, XDP_DROP 1, XDP_PASS 2, XDP_REDIRECT 4 */
	assert_int_equal(run_xdp(b, "to_device"), 4);
	assert_int_equal(run_xdp(b, "to_named"), 4);
	assert_int_equal(run_xdp(b, "to_none"), 0);
	assert_int_equal(run_xdp(b, "to_none_pass"), 2);
	assert_int_equal(run_xdp(b, "to_cpu"), 4);
	assert_int_equal(run_xdp(b, "to_socket"), 1);
	bcc_close(b);
}

static void test_maps_BPF_SK_STORAGE(void **state)
{
	/* the kernel gives a test run a socket */
	struct bcc *b = run_maps(
		"struct counts { u64 calls; u32 last; }; BPF_SK_STORAGE(of_socket, struct counts);",
		"struct bpf_sock *sk = skb->sk; if (!sk) return 0; put(0, 1);\n"
		"put(1, of_socket.sk_storage_get(sk, 0, 0) == 0);\n"
		"struct counts fresh = {5, 6}, *c = of_socket.sk_storage_get(sk, &fresh, BPF_SK_STORAGE_GET_F_CREATE);\n"
		"if (c) { c->calls++; put(2, c->calls * 10 + c->last); }\n"
		"c = of_socket.sk_storage_get(sk, 0, 0); if (c) put(3, c->calls);\n"
		"put(4, of_socket.sk_storage_delete(sk)); put(5, of_socket.sk_storage_delete(sk));");

	expect_map(b, "of_socket", BPF_MAP_TYPE_SK_STORAGE, 4, 16, 0, BPF_F_NO_PREALLOC);
	expect_out(b, 1, 1, 66, 6, 0, -ENOENT);
	bcc_close(b);
}

static void test_maps_BPF_TASK_STORAGE(void **state)
{
	struct bcc *b = open_own_events("BPF_TASK_STORAGE(of_task, u64); BPF_ARRAY(seen, u64, 2);",
		"struct task_struct *t = bpf_get_current_task_btf(); int zero = 0, one = 1; u64 v;\n"
		"u64 *p = of_task.task_storage_get(t, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);\n"
		"if (p) { *p += n; v = *p; seen.update(&zero, &v); }\n"
		"if (n == 100) { v = of_task.task_storage_delete(t) == 0; seen.update(&one, &v); }");

	own_event(3);
	own_event(4);
	assert_int_equal(table_u64(b, "seen", 0), 7);
	own_event(100);
	own_event(5);
	assert_int_equal(table_u64(b, "seen", 0), 5);
	assert_int_equal(table_u64(b, "seen", 1), 1);
	bcc_close(b);
}

/* The inode of a directory that this process has made, from which it deletes two files. */
static void test_maps_BPF_INODE_STORAGE(void **state)
{
	static const char text[] =
		"BPF_INODE_STORAGE(of_inode, u64); BPF_ARRAY(seen, u64, 2);\n"
		"LSM_PROBE(inode_unlink, struct inode *dir, struct dentry *dentry) {\n"
		"  int zero = 0; u64 v;\n"
		"  if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;\n"
		"  u64 *p = of_inode.inode_storage_get(dir, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);\n"
		"  if (p) { *p += 5; v = *p; seen.update(&zero, &v); }\n"
		"  return 0;\n}\n"
		/* through a pointer in the argument */
		"LSM_PROBE(file_open, struct file *file) {\n"
		"  int one = 1; u64 v;\n"
		"  if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;\n"
		"  u64 *p = of_inode.inode_storage_get(file->f_inode, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);\n"
		"  if (p) { *p += 1; v = *p; seen.update(&one, &v); }\n"
		"  return 0;\n}\n";
	char folder[] = "/tmp/bcc_test_inode.XXXXXX", path[100];
	struct bcc *b = open_test_text(text, NULL);

	assert_non_null(mkdtemp(folder));
	if (bcc_attach_all(b) != 2) {
		rmdir(folder);
		printf("%s\n", bcc_error(b));
		bcc_close(b);
		test_missing("LSM programs cannot be attached here");
	}
	snprintf(path, sizeof(path), "%s/file", folder);
	for (int i = 0; i < 2; i++) {
		close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
		assert_int_equal(unlink(path), 0);
	}
	rmdir(folder);
	assert_int_equal(table_u64(b, "seen", 0), 10);
	/* of the last file */
	assert_int_equal(table_u64(b, "seen", 1), 1);
	bcc_close(b);
}

static void test_maps_BPF_CGROUP_STORAGE(void **state)
{
	static const char text[] =
		"BPF_CGROUP_STORAGE(of_cgroup, u64); BPF_PERCPU_CGROUP_STORAGE(of_cpu, u64);\n"
		"int filter(struct __sk_buff *skb) {\n"
		"  u64 *p = of_cgroup.get_local_storage(0), *q = of_cpu.get_local_storage(0);\n"
		"  *p += 3; *q += 4; p = of_cgroup.get_local_storage(0); q = of_cpu.get_local_storage(0);\n"
		"  return *p * 10 + *q == 34; }";
	struct bcc *b = open_test_text(text, NULL);
	struct packet packet = random_packet(64, 1);

	/* 0 and 1 are all that such a program may return */
	assert_int_equal(run_program(load_program(b, "filter", BPF_PROG_TYPE_CGROUP_SKB), &packet), 1);
	bcc_close(b);
}

static void test_maps_BPF_USER_RINGBUF(void **state)
{
	struct bcc *b = open_maps(
		"BPF_USER_RINGBUF(records, 1);\n"
		"struct sum { u64 total; u64 count; };\n"
		"static long each(struct bpf_dynptr *record, struct sum *sum) {\n"
		"  u64 v = 0; bpf_dynptr_read(&v, sizeof(v), record, 0, 0); sum->total += v; sum->count++; return 0; }",
		"struct sum sum = {}; put(0, records.drain(each, &sum, 0)); put(1, sum.total); put(2, sum.count);");
	struct user_ring_buffer *ring = user_ring_buffer__new(table_fd(b, "records"), NULL);

	assert_non_null(ring);
	for (uint64_t v = 100; v <= 300; v += 100) {
		uint64_t *record = user_ring_buffer__reserve(ring, sizeof(*record));

		assert_non_null(record);
		*record = v;
		user_ring_buffer__submit(ring, record);
	}
	run_filter(b);
	expect_out(b, 3, 600, 3);
	user_ring_buffer__free(ring);
	bcc_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_maps_25_get_stackid),
		cmocka_unit_test(test_maps_26_perf_read),
		cmocka_unit_test(test_maps_26_perf_counter_value),
		cmocka_unit_test(test_maps_27_call),
		cmocka_unit_test(test_maps_28_redirect_map),
		cmocka_unit_test(test_maps_BPF_SK_STORAGE),
		cmocka_unit_test(test_maps_BPF_TASK_STORAGE),
		cmocka_unit_test(test_maps_BPF_INODE_STORAGE),
		cmocka_unit_test(test_maps_BPF_CGROUP_STORAGE),
		cmocka_unit_test(test_maps_BPF_USER_RINGBUF),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
