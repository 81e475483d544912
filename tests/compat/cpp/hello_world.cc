// SPDX-License-Identifier: Apache-2.0
// The smallest program: a probe of a kernel function (a tracepoint, if the kernel has no kprobes), and a
// table read as text.
#include "check.h"

static const std::string text = R"(
BPF_HASH(seen, u32, u64);
static int count(void)
{
	u32 pid = bpf_get_current_pid_tgid() >> 32;
	if (pid == PID)
		seen.increment(pid);
	return 0;
}
int on_clone(void *ctx)
{
	return count();
}
TRACEPOINT_PROBE(raw_syscalls, sys_enter)
{
	return args->id == NUMBER ? count() : 0;
}
)";

int main()
{
	need_bpf();
	ebpf::BPF bpf;
	uint32_t pid = static_cast<uint32_t>(getpid());

	CHECK_OK(bpf.init(text, {"-DPID=" + std::to_string(pid), "-DNUMBER=" + std::to_string(SYS_getpgid)}));
	if (have_kprobes()) {
		std::string function = bpf.get_syscall_fnname("getpgid");

		CHECK(function.find("sys_getpgid") != std::string::npos);
		CHECK_OK(bpf.attach_kprobe(function, "on_clone"));
		CHECK(!bpf.attach_kprobe(function, "on_clone").ok());
	} else {
		CHECK(!bpf.attach_kprobe("no_such_function", "on_clone").ok());
		CHECK_OK(bpf.attach_tracepoint(
			"raw_syscalls:sys_enter", "tracepoint__raw_syscalls__sys_enter"));
	}
	for (int i = 0; i < 5; i++)
		getpgid(0);
	CHECK_OK(bpf.detach_all());
	getpgid(0);

	auto table = bpf.get_hash_table<uint32_t, uint64_t>("seen");
	CHECK(table[pid] == 5);
	CHECK(table.get_table_offline().size() == 1);
	CHECK(table.capacity() == 10240);

	ebpf::BPFTable as_text = bpf.get_table("seen");
	std::string value;
	CHECK_OK(as_text.get_value(std::to_string(pid), value));
	CHECK(value == "0x5");
	CHECK_OK(as_text.update_value("17", "0x20"));
	CHECK(table[17] == 32);
	std::vector<std::pair<std::string, std::string>> pairs;
	CHECK_OK(as_text.get_table_offline(pairs));
	CHECK(pairs.size() == 2);
	CHECK_OK(as_text.remove_value("17"));
	CHECK(!as_text.remove_value("17").ok());
	CHECK_OK(table.clear_table_non_atomic());
	CHECK(table.get_table_offline().empty());

	bool wrong_kind = false;
	try {
		bpf.get_array_table<uint64_t>("seen");
	} catch (const std::invalid_argument &) {
		wrong_kind = true;
	}
	CHECK(wrong_kind);
	CHECK(!bpf.init(text).ok());
	ebpf::BPF broken;
	CHECK(!broken.init("int f(void *ctx) { return missing; }").ok());
	return 0;
}
