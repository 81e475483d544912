// SPDX-License-Identifier: Apache-2.0
// Static probes (USDT) of this program: context switches of a request, as a server would announce them.
#include <sched.h>

#include "../../kernel/static_probe.h"
#include "check.h"

static const std::string text = R"(
struct event {
	u64 from, to;
};
BPF_PERF_OUTPUT(switches);
int on_switch(struct pt_regs *ctx)
{
	struct event e = {};
	bpf_usdt_readarg(1, ctx, &e.from);
	bpf_usdt_readarg(2, ctx, &e.to);
	switches.perf_submit(ctx, &e, sizeof(e));
	return 0;
}
)";

struct event {
	uint64_t from, to;
};

static uint64_t last_to;
static int good, bad;

static void look(void *, void *raw, int size)
{
	auto e = static_cast<event *>(raw);

	if (size >= static_cast<int>(sizeof(*e)) && e->from == last_to && e->to == last_to + 1)
		good++;
	else
		bad++;
	last_to = e->to;
}

__attribute__((noinline)) static void switch_context(uint64_t from, uint64_t to)
{
	__asm__ volatile(
		STATIC_PROBE("bcc_cpp", "request_switch", "0", "8@%[from] 8@%[to]")::[from] "r"(from),
		[to] "r"(to));
}

int main(int, char **argv)
{
	need_bpf();
	const int switches = 6;
	ebpf::BPF bpf;
	ebpf::USDT of_process(getpid(), "bcc_cpp", "request_switch", "on_switch");
	ebpf::USDT of_file(argv[0], "bcc_cpp", "no_such_probe", "on_switch");

	CHECK(!of_file.init().ok());
	CHECK(!bpf.init(text, {}, {of_file}).ok());
	ebpf::BPF other;
	CHECK_OK(other.init(text, {}, {of_process}));
	CHECK_OK(other.attach_usdt(of_process));
	CHECK(!other.attach_usdt(of_file).ok());
	CHECK_OK(other.open_perf_buffer("switches", look));
	// each CPU has a buffer of its own: events from one buffer stay in order
	cpu_set_t one;
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	CHECK(!sched_setaffinity(0, sizeof(one), &one));
	for (uint64_t i = 0; i < switches; i++)
		switch_context(i, i + 1);
	CHECK_OK(other.detach_usdt(of_process));
	switch_context(100, 200);
	for (int i = 0; i < 600 && good + bad < switches; i++)
		other.poll_perf_buffer("switches", 100);
	other.poll_perf_buffer("switches", 0);
	CHECK(good == switches && bad == 0);
	return 0;
}
