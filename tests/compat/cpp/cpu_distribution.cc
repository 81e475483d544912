// SPDX-License-Identifier: Apache-2.0
// Times between two tracepoints as a histogram in an array, counts in arrays of each CPU, a program of
// programs.
#include <time.h>

#include <algorithm>
#include <numeric>

#include "check.h"

static const std::string text = R"(
BPF_HASH(start, u32, u64);
BPF_ARRAY(histogram, u64, 64);
BPF_PERCPU_ARRAY(calls, u64, 1);
BPF_PERCPU_HASH(calls_of, u32, u64);
BPF_QUEUE(order, u32, 16);

static int mine(void)
{
	return bpf_get_current_pid_tgid() >> 32 == PID;
}

int on_enter(struct tracepoint__raw_syscalls__sys_enter *args)
{
	u32 zero = 0, tid = bpf_get_current_pid_tgid(), id = args->id;
	u64 now = bpf_ktime_get_ns();

	if (!mine() || args->id != NUMBER)
		return 0;
	start.update(&tid, &now);
	calls.increment(zero);
	calls_of.increment(id);
	order.push(&id, 0);
	return 0;
}

int on_exit(struct tracepoint__raw_syscalls__sys_exit *args)
{
	u32 tid = bpf_get_current_pid_tgid();
	u64 *begin;

	if (!mine() || args->id != NUMBER)
		return 0;
	begin = start.lookup(&tid);
	if (!begin)
		return 0;
	histogram.increment(bpf_log2l(bpf_ktime_get_ns() - *begin));
	start.delete(&tid);
	return 0;
}
)";

int main()
{
	need_bpf();
	const uint64_t sleeps = 5;
	struct timespec nap = {0, 2000000};
	ebpf::BPF bpf;

	CHECK_OK(bpf.init(
		text, {"-DPID=" + std::to_string(getpid()), "-DNUMBER=" + std::to_string(SYS_nanosleep)}));
	CHECK_OK(bpf.attach_tracepoint("raw_syscalls:sys_enter", "on_enter"));
	CHECK_OK(bpf.attach_tracepoint("raw_syscalls:sys_exit", "on_exit"));
	CHECK(!bpf.attach_tracepoint("raw_syscalls:sys_exit", "on_exit").ok());
	CHECK(!bpf.attach_tracepoint("no_colon", "on_exit").ok());
	for (uint64_t i = 0; i < sleeps; i++)
		syscall(SYS_nanosleep, &nap, nullptr);
	CHECK_OK(bpf.detach_tracepoint("raw_syscalls:sys_enter"));
	CHECK_OK(bpf.detach_tracepoint("raw_syscalls:sys_exit"));
	CHECK(!bpf.detach_tracepoint("raw_syscalls:sys_exit").ok());
	syscall(SYS_nanosleep, &nap, nullptr);

	std::vector<uint64_t> histogram = bpf.get_array_table<uint64_t>("histogram").get_table_offline();
	CHECK(histogram.size() == 64);
	CHECK(std::accumulate(histogram.begin(), histogram.end(), uint64_t(0)) == sleeps);
	// two milliseconds are at least 2^20 nanoseconds
	CHECK(std::accumulate(histogram.begin(), histogram.begin() + 20, uint64_t(0)) == 0);

	std::vector<uint64_t> calls;
	auto array = bpf.get_percpu_array_table<uint64_t>("calls");
	CHECK_OK(array.get_value(0, calls));
	CHECK(calls.size() == ebpf::BPFTable::get_possible_cpu_count());
	CHECK(std::accumulate(calls.begin(), calls.end(), uint64_t(0)) == sleeps);
	CHECK_OK(array.update_value(0, std::vector<uint64_t>(calls.size(), 3)));
	CHECK_OK(array.get_value(0, calls));
	CHECK(calls == std::vector<uint64_t>(calls.size(), 3));
	CHECK(!array.update_value(0, {}).ok());

	auto hash = bpf.get_percpu_hash_table<uint32_t, uint64_t>("calls_of");
	CHECK(hash.get_table_offline().size() == 1);
	calls = hash[SYS_nanosleep];
	CHECK(std::accumulate(calls.begin(), calls.end(), uint64_t(0)) == sleeps);
	std::vector<std::string> texts;
	CHECK_OK(bpf.get_table("calls_of").get_value(std::to_string(SYS_nanosleep), texts));
	CHECK(texts.size() == calls.size());

	auto queue = bpf.get_queuestack_table<uint32_t>("order");
	uint32_t id = 0;
	CHECK_OK(queue.push_value(99));
	for (uint64_t i = 0; i < sleeps; i++) {
		CHECK_OK(queue.pop_value(id));
		CHECK(id == SYS_nanosleep);
	}
	CHECK_OK(queue.get_head(id));
	CHECK_OK(queue.pop_value(id));
	CHECK(id == 99);
	CHECK(!queue.pop_value(id).ok());
	return 0;
}
