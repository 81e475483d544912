// SPDX-License-Identifier: Apache-2.0
// Namespaces of shared tables, reading whole tables, and detaching all probes of one file.
#include "check.h"

static const std::string text = R"(
BPF_TABLE_SHARED("array", int, u64, together, 4);
BPF_HASH(own, u32, u64);
int on_call(struct pt_regs *ctx)
{
	return 0;
}
)";

static uint64_t first_of(ebpf::BPF &bpf)
{
	uint64_t value = 0;

	CHECK_OK(bpf.get_array_table<uint64_t>("together").get_value(0, value));
	return value;
}

static void check_namespaces()
{
	ebpf::BPF one(0, nullptr, true, "one"), again(0, nullptr, true, "one"), two(0, nullptr, true, "two"),
		none;

	for (ebpf::BPF *bpf : {&one, &again, &two, &none})
		CHECK_OK(bpf->init(text));
	CHECK_OK(one.get_array_table<uint64_t>("together").update_value(0, 17));
	CHECK(first_of(again) == 17);
	CHECK(first_of(two) == 0);
	CHECK(first_of(none) == 0);
}

static void check_whole_table(ebpf::BPF &bpf)
{
	std::vector<std::pair<std::string, std::string>> pairs;
	ebpf::BPFTable table = bpf.get_table("own");

	CHECK_OK(table.update_value("0x1", "0x2"));
	CHECK_OK(table.get_table_offline(pairs));
	CHECK_OK(table.get_table_offline(pairs));
	CHECK(pairs.size() == 1);
}

static void check_detaching(ebpf::BPF &bpf)
{
	CHECK_OK(bpf.attach_uprobe("c", "malloc", "on_call", 0, BPF_PROBE_ENTRY, getpid()));
	CHECK_OK(bpf.attach_uprobe("c", "free", "on_call", 0, BPF_PROBE_RETURN, getpid()));
	CHECK_OK(bpf.attach_uprobe("stdc++", "__cxa_throw", "on_call", 0, BPF_PROBE_ENTRY, getpid()));
	CHECK_OK(bpf.detach_all_uprobes_for_binary("c"));
	CHECK(!bpf.detach_uprobe("c", "malloc", 0, BPF_PROBE_ENTRY, getpid()).ok());
	CHECK(!bpf.detach_uprobe("c", "free", 0, BPF_PROBE_RETURN, getpid()).ok());
	CHECK_OK(bpf.detach_uprobe("stdc++", "__cxa_throw", 0, BPF_PROBE_ENTRY, getpid()));
}

int main()
{
	need_bpf();
	check_namespaces();

	ebpf::BPF bpf;

	CHECK_OK(bpf.init(text));
	check_whole_table(bpf);
	if (access("/sys/bus/event_source/devices/uprobe", F_OK)) {
		std::puts("SKIP: no uprobes here");
		return 77;
	}
	check_detaching(bpf);
	return 0;
}
