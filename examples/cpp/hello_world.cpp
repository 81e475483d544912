// SPDX-License-Identifier: Apache-2.0
//
// Teaches: the C API from C++. A handle is owned by a std::unique_ptr, whose end detaches and frees all of
// it.
//
//   # ./hello_world
//   7312.480177   4211   ls               Hello, C++!
#include <bcc/bcc.h>

#include <cstdio>
#include <iostream>
#include <memory>

static const char text[] = R"(
RAW_TRACEPOINT_PROBE(sched_process_exec)
{
	bpf_trace_printk("Hello, C++!\n");
	return 0;
}
)";

int main()
{
	bcc *opened = nullptr;
	int ret = bcc_open_text(text, nullptr, &opened);
	std::unique_ptr<bcc, decltype(&bcc_close)> b(opened, bcc_close);
	auto fields = BCC_OPTS(struct bcc_trace_fields);

	if (ret == 0 && bcc_attach_all(b.get()) > 0) {
		while (bcc_trace_fields(b.get(), &fields, -1) > 0) {
			std::printf("%-13.6f %-6d %-16s %s\n", fields.timestamp, fields.pid, fields.task,
				fields.message);
			std::fflush(stdout);
		}
	}
	std::cerr << bcc_error(b.get()) << '\n';
	return 1;
}
