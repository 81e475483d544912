// SPDX-License-Identifier: Apache-2.0
// Calls of a library function that nobody else calls, and their returns: perf buffers that threads poll
// concurrently.
#include <netinet/ether.h>

#include <atomic>
#include <cstring>
#include <thread>

#include "check.h"

static const std::string text = R"(
struct event {
	u32 pid;
	char name[32];
};
BPF_PERF_OUTPUT(entries);
BPF_PERF_OUTPUT(returns);
BPF_HASH(asked, u64, struct event);
int on_entry(struct pt_regs *ctx)
{
	u64 id = bpf_get_current_pid_tgid();
	struct event e = {};
	e.pid = id >> 32;
	bpf_probe_read_user_str(e.name, sizeof(e.name), (void *)PT_REGS_PARM1(ctx));
	asked.update(&id, &e);
	entries.perf_submit(ctx, &e, sizeof(e));
	return 0;
}
int on_return(struct pt_regs *ctx)
{
	u64 id = bpf_get_current_pid_tgid();
	struct event *e = asked.lookup(&id);
	if (!e)
		return 0;
	returns.perf_submit(ctx, e, sizeof(*e));
	asked.delete(&id);
	return 0;
}
)";

struct event {
	uint32_t pid;
	char name[32];
};

struct Seen {
	std::atomic<int> good{0}, bad{0};
};

static void look(void *cookie, void *raw, int size)
{
	auto seen = static_cast<Seen *>(cookie);
	auto e = static_cast<event *>(raw);

	if (size >= static_cast<int>(sizeof(*e)) && e->pid == static_cast<uint32_t>(getpid()) &&
		!std::strcmp(e->name, "BCC_CPP_TEST"))
		seen->good++;
	else
		seen->bad++;
}

static void poll_until(ebpf::BPF *bpf, const char *name, const Seen *seen, int wanted)
{
	for (int i = 0; i < 600 && seen->good < wanted; i++)
		bpf->poll_perf_buffer(name, 100);
}

int main()
{
	need_bpf();
	const int calls = 40;
	Seen entries, returns;
	ebpf::BPF bpf;

	CHECK_OK(bpf.init(text));
	CHECK_OK(bpf.attach_uprobe("c", "ether_aton", "on_entry", 0, BPF_PROBE_ENTRY, getpid()));
	CHECK_OK(bpf.attach_uprobe("c", "ether_aton", "on_return", 0, BPF_PROBE_RETURN, getpid()));
	CHECK(!bpf.attach_uprobe("c", "no_such_function", "on_entry").ok());
	CHECK_OK(bpf.open_perf_buffer("entries", look, nullptr, &entries));
	CHECK_OK(bpf.open_perf_buffer("returns", look, nullptr, &returns, 16));
	CHECK(!bpf.open_perf_buffer("entries", look).ok());
	CHECK(!bpf.open_perf_buffer("none", look).ok());
	CHECK(bpf.poll_perf_buffer("none", 0) == -1);
	CHECK(bpf.get_perf_buffer("entries") && !bpf.get_perf_buffer("none"));

	std::thread one(poll_until, &bpf, "entries", &entries, calls);
	std::thread two(poll_until, &bpf, "returns", &returns, calls);
	for (int i = 0; i < calls; i++)
		ether_aton("BCC_CPP_TEST");
	one.join();
	two.join();
	CHECK_OK(bpf.detach_uprobe("c", "ether_aton", 0, BPF_PROBE_ENTRY, getpid()));
	CHECK_OK(bpf.detach_uprobe("c", "ether_aton", 0, BPF_PROBE_RETURN, getpid()));
	CHECK(!bpf.detach_uprobe("c", "ether_aton", 0, BPF_PROBE_RETURN, getpid()).ok());
	ether_aton("BCC_CPP_TEST");
	CHECK(bpf.get_perf_buffer("entries")->consume() == 0);
	CHECK(entries.good == calls && entries.bad == 0);
	CHECK(returns.good == calls && returns.bad == 0);
	CHECK_OK(bpf.close_perf_buffer("entries"));
	CHECK(!bpf.close_perf_buffer("entries").ok());
	return 0;
}
