// SPDX-License-Identifier: Apache-2.0
//
// Teaches: a table as a std::multimap. The program counts in the kernel; user space takes the entries out and
// sorts them as it likes.
//
//   # ./strlen_count 4711 5
//        COUNT STRING
//           71 LS_COLORS
//            1 LC_ALL
#include <bcc/bcc.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <thread>

static const char text[] = R"(
struct key {
	char text[80];
};
BPF_HASH(counts, struct key);

int count(struct pt_regs *ctx)
{
	struct key key = {};

	bpf_probe_read_user_str(key.text, sizeof(key.text), (void *)PT_REGS_PARM1(ctx));
	counts.increment(key);
	return 0;
}
)";

using counts = std::multimap<std::uint64_t, std::string, std::greater<>>;

int main(int argc, char **argv)
{
	if (argc != 3) {
		std::cerr << "usage: " << argv[0] << " PID SECONDS\n";
		return 2;
	}
	bcc *opened = nullptr;
	int ret = bcc_open_text(text, nullptr, &opened);
	std::unique_ptr<bcc, decltype(&bcc_close)> b(opened, bcc_close);
	const auto opts = BCC_OPTS(bcc_uprobe_opts, .symbol = "strlen", .pid = std::atoi(argv[1]));
	counts sorted;

	if (ret == 0)
		ret = bcc_attach_uprobe(b.get(), "count", "c", &opts, nullptr);
	if (ret == 0) {
		std::cout << "     COUNT STRING" << std::endl;
		std::this_thread::sleep_for(std::chrono::seconds(std::atoi(argv[2])));
		ret = bcc_table_each(
			bcc_table_find(b.get(), "counts"),
			[](void *ctx, const void *key, const void *value) {
				static_cast<counts *>(ctx)->emplace(
					*static_cast<const std::uint64_t *>(value),
					static_cast<const char *>(key));
				return 0;
			},
			&sorted);
	}
	for (const auto &[count, string] : sorted)
		std::cout << std::setw(10) << count << ' ' << string << std::endl;
	if (ret < 0)
		std::cerr << bcc_error(b.get()) << '\n';
	return ret < 0;
}
