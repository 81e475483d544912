// SPDX-License-Identifier: Apache-2.0
// Stacks of the kernel and of this process at a tracepoint, with names.
#include <algorithm>
#include <cerrno>

#include "check.h"

static const std::string text = R"(
struct stack_key {
	int kernel, user;
};
BPF_STACK_TRACE(stacks, 16384); // so large that two stacks hardly ever collide
BPF_HASH(counts, struct stack_key, u64);
int on_enter(struct bpf_raw_tracepoint_args *ctx)
{
	struct stack_key key = {};
	if (bpf_get_current_pid_tgid() >> 32 != PID || ctx->args[1] != NUMBER)
		return 0;
	key.kernel = stacks.get_stackid(ctx, 0);
	key.user = stacks.get_stackid(ctx, BPF_F_USER_STACK);
	counts.increment(key);
	return 0;
}
)";

struct stack_key {
	int kernel, user;
};

// The C library's function has no frame of its own, so the unwinder continues at the function that called it.
__attribute__((noinline)) static long ask()
{
	long pid = syscall(SYS_getppid);

	__asm__ volatile("" ::: "memory"); // no tail call: the frame has to be there
	return pid;
}

extern "C" __attribute__((noinline)) long bcc_cpp_calls_here()
{
	long pid = ask();

	__asm__ volatile("" ::: "memory");
	return pid;
}

static bool has(const std::vector<std::string> &names, const char *part)
{
	return std::any_of(names.begin(), names.end(),
		[=](const std::string &name) { return name.find(part) != std::string::npos; });
}

int main()
{
	need_bpf();
	ebpf::BPF bpf;

	CHECK_OK(bpf.init(
		text, {"-DPID=" + std::to_string(getpid()), "-DNUMBER=" + std::to_string(SYS_getppid)}));
	CHECK_OK(bpf.attach_raw_tracepoint("sys_enter", "on_enter"));
	for (int i = 0; i < 3; i++)
		CHECK(bcc_cpp_calls_here() == getppid());
	CHECK_OK(bpf.detach_raw_tracepoint("sys_enter"));

	auto counts = bpf.get_hash_table<stack_key, uint64_t>("counts").get_table_offline();
	auto stacks = bpf.get_stack_table("stacks");
	bool found = false;
	CHECK(!counts.empty());
	for (const auto &count : counts) {
		if (count.first.user == -EEXIST || count.first.kernel == -EEXIST) // they collided
			continue;
		std::vector<std::string> user = stacks.get_stack_symbol(count.first.user, getpid());

		CHECK(!stacks.get_stack_addr(count.first.user).empty());
		CHECK(user.size() == stacks.get_stack_addr(count.first.user).size());
		found = found || (has(user, "bcc_cpp_calls_here") && count.second == 3);
		CHECK(stacks.get_stack_symbol(count.first.kernel, -1).size() ==
			stacks.get_stack_addr(count.first.kernel).size());
	}
	CHECK(found);
	CHECK(stacks.get_stack_addr(-14).empty());
	stacks.clear_table_non_atomic();
	CHECK(stacks.get_stack_addr(counts[0].first.user).empty());
	stacks.free_symcache(getpid());
	return 0;
}
