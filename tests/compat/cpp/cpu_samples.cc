// SPDX-License-Identifier: Apache-2.0
// Samples of the CPU clock, and a hardware or software counter that the program reads.
#include <linux/perf_event.h>
#include <time.h>

#include "check.h"

static const std::string text = R"(
BPF_HASH(samples, u32, u64);
BPF_PERF_ARRAY(clock, 256);
BPF_HASH(read_clock, u32, u64);
int on_sample(struct bpf_perf_event_data *ctx)
{
	u32 pid = bpf_get_current_pid_tgid() >> 32;
	if (pid == PID)
		samples.increment(pid);
	return 0;
}
int on_enter(struct bpf_raw_tracepoint_args *ctx)
{
	u32 pid = bpf_get_current_pid_tgid() >> 32;
	u64 value;
	if (pid != PID || ctx->args[1] != NUMBER)
		return 0;
	value = clock.perf_read(bpf_get_smp_processor_id());
	read_clock.update(&pid, &value);
	return 0;
}
)";

int main()
{
	need_bpf();
	uint32_t pid = static_cast<uint32_t>(getpid());
	ebpf::BPF bpf;

	CHECK_OK(bpf.init(text, {"-DPID=" + std::to_string(pid), "-DNUMBER=" + std::to_string(SYS_getppid)}));
	CHECK_OK(bpf.attach_perf_event(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, "on_sample", 0, 99));
	CHECK(!bpf.attach_perf_event(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, "on_sample", 0, 99).ok());
	CHECK_OK(bpf.open_perf_event("clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK));
	CHECK_OK(bpf.attach_raw_tracepoint("sys_enter", "on_enter"));
	syscall(SYS_getppid);

	auto samples = bpf.get_hash_table<uint32_t, uint64_t>("samples");
	time_t end = time(nullptr) + 60;
	while (samples[pid] < 3 && time(nullptr) < end)
		for (volatile int i = 0; i < 1000000; i = i + 1)
			;
	CHECK(samples[pid] >= 3);
	uint64_t clock = (bpf.get_hash_table<uint32_t, uint64_t>("read_clock"))[pid];
	CHECK(clock > 0 && clock < (uint64_t(1) << 62)); // an error would be a negative number
	CHECK_OK(bpf.detach_perf_event(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK));
	CHECK(!bpf.detach_perf_event(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK).ok());
	CHECK_OK(bpf.close_perf_event("clock"));
	return 0;
}
