/* SPDX-License-Identifier: Apache-2.0 */
/* Static probes through BCC's C functions, called in the order in which its clients call them. */
#include <bcc/bcc_common.h>
#include <bcc/bcc_syms.h>
#include <bcc/bcc_usdt.h>
#include <bcc/libbpf.h>
#include "static_probe.h"
#include "testlib.h"

#include <linux/bpf.h>

#define FIRED 17

static const char text[] = "BPF_ARRAY(sums, u64, 4);\n"
			   "int on_both(struct pt_regs *ctx)\n"
			   "{\n"
			   "	u64 first = 0; int second = 0, slot = 0;\n"
			   "	if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;\n"
			   "	bpf_usdt_readarg(1, ctx, &first);\n"
			   "	bpf_usdt_readarg(2, ctx, &second);\n"
			   "	sums.increment(slot); slot = 1;\n"
			   "	sums.increment(slot, first); slot = 2;\n"
			   "	sums.increment(slot, second);\n"
			   "	return 0;\n"
			   "}\n";

STATIC_PROBE_SEMAPHORE(bcc_test_semaphore);
volatile int bcc_test_counter __attribute__((used, visibility("hidden"))) = -3;

#if defined(__x86_64__)
static __attribute__((noinline)) void fire_first(uint64_t value)
{
	register uint64_t a __asm__("rdx") = value;

	__asm__ volatile(STATIC_PROBE("bcc_test", "both", "bcc_test_semaphore", "4@%%edx -4@$-2") : : "r"(a));
}

static __attribute__((noinline)) void fire_second(uint64_t value)
{
	register uint64_t a __asm__("rcx") = value;

	__asm__ volatile(STATIC_PROBE("bcc_test", "both", "bcc_test_semaphore",
		"8@%%rcx -4@bcc_test_counter(%%rip) 2@-8(%%rsp,%%rcx,4) 8f@%%xmm0")
		:
		: "r"(a));
}

#define FIRST_REGISTER "dx"
#define COUNTER_REGISTER "ip"
#define INDEX_REGISTER "cx"
#define INDEX_OFFSET (-8)
#elif defined(__aarch64__)
static __attribute__((noinline)) void fire_first(uint64_t value)
{
	register uint64_t a __asm__("x2") = value;

	__asm__ volatile(STATIC_PROBE("bcc_test", "both", "bcc_test_semaphore", "4@w2 -4@-2") : : "r"(a));
}

static __attribute__((noinline)) void fire_second(uint64_t value)
{
	register uint64_t a __asm__("x3") = value;
	register uint64_t page __asm__("x4") = (uintptr_t)&bcc_test_counter & ~0xfffUL;

	__asm__ volatile(STATIC_PROBE("bcc_test", "both", "bcc_test_semaphore",
		"8@x3 -4@[x4, #:lo12:bcc_test_counter] 2@[sp, x3, lsl 2] 8f@d0")
		:
		: "r"(a), "r"(page));
}

#define FIRST_REGISTER "regs[2]"
#define COUNTER_REGISTER "regs[4]"
#define INDEX_REGISTER "regs[3]"
#define INDEX_OFFSET 0
#endif

static __attribute__((noinline)) void fire_same_names(void)
{
	__asm__ volatile(STATIC_PROBE("bcc_one", "same", "0", ""));
	__asm__ volatile(STATIC_PROBE("bcc_two", "same", "0", ""));
}

static void fire(void)
{
	for (int i = 1; i <= FIRED; i++) {
		fire_first(i);
		fire_second(1000 * i);
		fire_same_names();
	}
}

static void *new_context(void)
{
	char path[64];
	void *usdt;

	snprintf(path, sizeof(path), "/proc/%d/exe", getpid());
	usdt = bcc_usdt_new_frompid(getpid(), path);
	assert_non_null(usdt);
	return usdt;
}

static struct {
	int probes, both_locations, both_arguments;
	uint64_t semaphore;
	char binary[256];
} listed;

static void on_probe(struct bcc_usdt *probe)
{
	listed.probes++;
	if (strcmp(probe->name, "both") != 0)
		return;
	listed.both_locations = probe->num_locations;
	listed.both_arguments = probe->num_arguments;
	listed.semaphore = probe->semaphore;
	snprintf(listed.binary, sizeof(listed.binary), "%s", probe->bin_path);
	assert_string_equal(probe->provider, "bcc_test");
}

static void test_list(void **state)
{
	void *usdt = new_context();
	struct bcc_usdt_location location[2];

	bcc_usdt_foreach(usdt, on_probe);
	assert_int_equal(listed.probes, 3);
	assert_int_equal(listed.both_locations, 2);
	assert_int_equal(listed.both_arguments, 2);
	assert_true(listed.semaphore != 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(bcc_usdt_get_location(usdt, "bcc_test", "both", i, &location[i]), 0);
		assert_string_equal(location[i].bin_path, listed.binary);
	}
	assert_true(location[0].address < location[1].address);
	assert_int_equal(bcc_usdt_get_location(usdt, "bcc_test", "both", 2, &location[0]), -1);
	assert_int_equal(bcc_usdt_get_location(usdt, "bcc_test", "both", -1, &location[0]), -1);
	assert_int_equal(bcc_usdt_get_location(usdt, "nobody", "both", 0, &location[0]), -1);
	bcc_usdt_close(usdt);
}

static void test_arguments(void **state)
{
	struct bcc_usdt_argument a;
	void *usdt = new_context();

	assert_int_equal(bcc_usdt_get_argument(usdt, "bcc_test", "both", 0, 0, &a), 0);
	assert_int_equal(a.size, 4);
	assert_int_equal(a.valid, BCC_USDT_ARGUMENT_BASE_REGISTER_NAME);
	assert_string_equal(a.base_register_name, FIRST_REGISTER);
	assert_int_equal(bcc_usdt_get_argument(usdt, "bcc_test", "both", 0, 1, &a), 0);
	assert_int_equal(a.size, -4);
	assert_int_equal(a.valid, BCC_USDT_ARGUMENT_CONSTANT);
	assert_int_equal(a.constant, -2);
	assert_int_equal(bcc_usdt_get_argument(usdt, "bcc_test", "both", 1, 1, &a), 0);
	assert_int_equal(a.valid, BCC_USDT_ARGUMENT_BASE_REGISTER_NAME | BCC_USDT_ARGUMENT_DEREF_OFFSET |
					  BCC_USDT_ARGUMENT_DEREF_IDENT);
	assert_string_equal(a.base_register_name, COUNTER_REGISTER);
	assert_string_equal(a.deref_ident, "bcc_test_counter");
	assert_int_equal(bcc_usdt_get_argument(usdt, "bcc_test", "both", 1, 2, &a), 0);
	assert_int_equal(a.valid, BCC_USDT_ARGUMENT_BASE_REGISTER_NAME | BCC_USDT_ARGUMENT_DEREF_OFFSET |
					  BCC_USDT_ARGUMENT_INDEX_REGISTER_NAME | BCC_USDT_ARGUMENT_SCALE);
	assert_int_equal(a.deref_offset, INDEX_OFFSET);
	assert_string_equal(a.index_register_name, INDEX_REGISTER);
	assert_int_equal(a.scale, 4);
	assert_int_equal(bcc_usdt_get_argument(usdt, "bcc_test", "both", 1, 3, &a), -1); /* floating point */
	assert_int_equal(bcc_usdt_get_argument(usdt, "bcc_test", "both", 0, 2, &a), -1);
	assert_string_equal(bcc_usdt_get_probe_argctype(usdt, "both", 0), "uint64_t");
	assert_string_equal(
		bcc_usdt_get_fully_specified_probe_argctype(usdt, "bcc_test", "both", 1), "int32_t");
	assert_string_equal(bcc_usdt_get_probe_argctype(usdt, "nobody", 0), "");
	bcc_usdt_close(usdt);
}

/* ---- like python's BPF(text=…, usdt_contexts=[…]) ---- */

static struct {
	void *module;
	int program, events[4], count;
} attached;

static void on_uprobe(const char *binary, const char *function, uint64_t address, int pid)
{
	struct bcc_symbol symbol;

	assert_string_equal(function, "on_both");
	assert_int_equal(pid, getpid());
	assert_in_range(attached.count, 0, 3);
	assert_int_equal(bcc_resolve_symname(binary, NULL, address, pid, NULL, &symbol), 0);
	attached.events[attached.count] = bpf_attach_uprobe(
		attached.program, BPF_PROBE_ENTRY, "p_test", symbol.module, symbol.offset, pid, 0);
	assert_true(attached.events[attached.count] >= 0);
	attached.count++;
	bcc_procutils_free(symbol.module);
}

static uint64_t sum_at(uint32_t index)
{
	uint64_t value = 0;
	int fd = bpf_table_fd(attached.module, "sums");

	assert_int_equal(bpf_lookup_elem(fd, &index, &value), 0);
	return value;
}

static void open_module(void *usdt)
{
	char pid[32], whole[4096];
	const char *flags[] = {pid};

	snprintf(pid, sizeof(pid), "-DPID=%d", getpid());
	snprintf(whole, sizeof(whole), "%s%s", bcc_usdt_genargs(&usdt, 1), text);
	attached.module = bpf_module_create_c_from_string(whole, 0, flags, 1, true, NULL);
	assert_non_null(attached.module);
	attached.program = bcc_func_load(attached.module, BPF_PROG_TYPE_KPROBE, "on_both",
		bpf_function_start(attached.module, "on_both"), bpf_function_size(attached.module, "on_both"),
		bpf_module_license(attached.module), bpf_module_kern_version(attached.module), 0, NULL, 0,
		NULL, 0);
	assert_true(attached.program >= 0);
	attached.count = 0;
}

static void test_attach(void **state)
{
	void *usdt;

	if (geteuid() != 0 || access("/sys/bus/event_source/devices/uprobe", F_OK))
		test_missing("root and a kernel with uprobes are needed");
	usdt = new_context();
	assert_int_equal(bcc_usdt_enable_probe(usdt, "nobody", "on_both"), -1);
	assert_int_equal(bcc_usdt_enable_probe(usdt, "same", "on_both"), -1); /* of which provider? */
	assert_string_equal(bcc_usdt_genargs(&usdt, 1), "");
	assert_int_equal(bcc_usdt_enable_probe(usdt, "both", "on_both"), 0);
	open_module(usdt);
	bcc_usdt_foreach_uprobe(usdt, on_uprobe);
	assert_int_equal(attached.count, 2);
	assert_int_equal(bcc_test_semaphore, 2);
	fire();
	assert_int_equal(sum_at(0), 2 * FIRED);
	assert_int_equal(sum_at(1), 1001 * FIRED * (FIRED + 1) / 2);
	assert_int_equal((int64_t)sum_at(2), -5 * FIRED);
	for (int i = 0; i < attached.count; i++)
		assert_int_equal(bpf_close_perf_event_fd(attached.events[i]), 0);
	assert_int_equal(bcc_test_semaphore, 0);
	fire();
	assert_int_equal(sum_at(0), 2 * FIRED);
	close(attached.program);
	bpf_module_destroy(attached.module);
	bcc_usdt_close(usdt);
}

/* As bpftrace does on kernels that do not maintain semaphores. */
static void test_semaphore(void **state)
{
	void *usdt;

	if (geteuid() != 0 || access("/sys/bus/event_source/devices/uprobe", F_OK))
		test_missing("root and a kernel with uprobes are needed");
	usdt = new_context();
	assert_int_equal(bcc_usdt_addsem_probe(usdt, "both", "", 1), 0);
	assert_int_equal(bcc_test_semaphore, 1);
	assert_int_equal(bcc_usdt_addsem_fully_specified_probe(usdt, "bcc_test", "both", "", 1), 0);
	assert_int_equal(bcc_usdt_addsem_probe(usdt, "both", "", -1), 0);
	assert_true(bcc_test_semaphore > 0);
	assert_int_equal(bcc_usdt_addsem_probe(usdt, "both", "", -1), 0);
	assert_int_equal(bcc_test_semaphore, 0);
	assert_int_equal(bcc_usdt_addsem_probe(usdt, "nobody", "", 1), -1);
	assert_int_equal(bcc_usdt_addsem_probe(usdt, "both", "", 1), 0);
	bcc_usdt_close(usdt);
	assert_int_equal(bcc_test_semaphore, 0);
}

static void test_no_context(void **state)
{
	assert_null(bcc_usdt_new_frompid(0x3fffffff, NULL));
	assert_int_equal(errno, ESRCH);
	assert_null(bcc_usdt_new_frompath("/etc/passwd"));
	assert_int_equal(errno, ENOEXEC);
	assert_null(bcc_usdt_new_frompath("/no/such/file"));
	bcc_usdt_close(NULL);
	assert_string_equal(bcc_usdt_genargs(NULL, 0), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_attach),
		cmocka_unit_test(test_semaphore),
		cmocka_unit_test(test_no_context),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
