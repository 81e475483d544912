// SPDX-License-Identifier: Apache-2.0
//
// Teaches: variables of the text as variables of C++. A reference to the memory that both share is all it
// takes to read and change them while the program runs. Linux 5.5.
//
//   # ./global_variables 4711
//   1000 calls
#include <bcc/bcc.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <thread>

static const char text[] = R"(
const volatile u32 pid;
volatile u64 calls;

RAW_TRACEPOINT_PROBE(sys_enter)
{
	if (bpf_get_current_pid_tgid() >> 32 == pid)
		lock_xadd(&calls, 1);
	return 0;
}
)";

static int check(bcc *b, int ret)
{
	if (ret < 0)
		throw std::runtime_error(bcc_error(b));
	return ret;
}

int main(int argc, char **argv)
try {
	const std::uint32_t pid = argc == 2 ? std::atoi(argv[1]) : 0;
	const auto opts = BCC_OPTS(bcc_open_opts, .deferred = true);
	bcc *opened = nullptr;
	int ret = bcc_open_text(text, &opts, &opened);
	std::unique_ptr<bcc, decltype(&bcc_close)> b(opened, bcc_close);

	check(b.get(), ret);
	check(b.get(), bcc_variable_set(bcc_variable_find(b.get(), "pid"), &pid, sizeof(pid)));
	check(b.get(), bcc_attach_all(b.get()));
	void *memory = bcc_variable_memory(bcc_variable_find(b.get(), "calls"));
	if (!memory)
		throw std::runtime_error("this kernel does not share the memory of variables");
	const auto &calls = *static_cast<volatile std::uint64_t *>(memory);

	std::cout << "Counting..." << std::endl;
	for (std::uint64_t before = 0;; std::this_thread::sleep_for(std::chrono::milliseconds(100))) {
		if (calls == before)
			continue;
		before = calls;
		std::cout << before << " calls" << std::endl;
	}
} catch (const std::exception &e) {
	std::cerr << e.what() << '\n';
	return 1;
}
