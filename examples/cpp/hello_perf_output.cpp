// SPDX-License-Identifier: Apache-2.0
//
// Teaches: events in C++. A lambda without captures is a callback, and its context carries the rest.
//
//   # ./hello_perf_output
//   COMM             PID    NUMBER
//   bash             4211   1
#include <bcc/bcc.h>

#include <iomanip>
#include <iostream>
#include <memory>

struct event {
	unsigned pid;
	char comm[16];
};

static const char text[] = R"(
struct event {
	unsigned pid;
	char comm[16];
};
BPF_PERF_OUTPUT(events);

RAW_TRACEPOINT_PROBE(sched_process_fork)
{
	struct event event = {.pid = bpf_get_current_pid_tgid() >> 32};

	bpf_get_current_comm(&event.comm, sizeof(event.comm));
	events.perf_submit(ctx, &event, sizeof(event));
	return 0;
}
)";

int main()
{
	unsigned count = 0;
	bcc *opened = nullptr;
	int ret = bcc_open_text(text, nullptr, &opened);
	std::unique_ptr<bcc, decltype(&bcc_close)> b(opened, bcc_close);
	auto print = [](void *ctx, int, const void *data, size_t) {
		auto event = static_cast<const struct event *>(data);

		std::cout << std::left << std::setw(16) << event->comm << ' ' << std::setw(6) << event->pid
			  << ' ' << ++*static_cast<unsigned *>(ctx) << std::endl;
		return 0;
	};

	if (ret == 0 && bcc_open_perf(b.get(), "events", print, &count, nullptr) == 0 &&
		bcc_attach_all(b.get()) > 0) {
		std::cout << "COMM             PID    NUMBER" << std::endl;
		while (bcc_poll(b.get(), -1) >= 0)
			;
	}
	std::cerr << bcc_error(b.get()) << '\n';
	return 1;
}
