// SPDX-License-Identifier: Apache-2.0
//
// Teaches: links as objects. One program or the other decides about a device's packets, exchanged without
// missing one; the link that holds it is detached at the end of its scope.
//
//   # ./xdp_drop eth0
//   PASSED   DROPPED          (enter: from now on drop; enter again: pass; end of input: detach)
//   12       0
//   12       7
#include <bcc/bcc.h>

#include <cstdint>
#include <iomanip>
#include <iostream>
#include <memory>
#include <string>

static const char text[] = R"(
BPF_ARRAY(seen, u64, 2);

int pass(struct xdp_md *ctx) { seen.increment(0); return XDP_PASS; }
int drop(struct xdp_md *ctx) { seen.increment(1); return XDP_DROP; }
)";

static std::uint64_t seen(bcc *b, std::uint32_t which)
{
	std::uint64_t count = 0;

	bcc_table_get(bcc_table_find(b, "seen"), &which, sizeof(which), &count, sizeof(count));
	return count;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		std::cerr << "usage: " << argv[0] << " DEVICE\n";
		return 2;
	}
	bcc *opened = nullptr;
	int ret = bcc_open_text(text, nullptr, &opened);
	std::unique_ptr<bcc, decltype(&bcc_close)> b(opened, bcc_close);
	bcc_link *attached = nullptr;

	if (ret == 0)
		ret = bcc_attach_xdp(b.get(), "pass", argv[1], nullptr, &attached);
	if (ret == 0) {
		std::unique_ptr<bcc_link, decltype(&bcc_detach)> link(attached, bcc_detach);
		std::string line;

		std::cout << "PASSED   DROPPED" << std::endl;
		for (bool drop = true; ret == 0 && std::getline(std::cin, line); drop = !drop) {
			ret = bcc_link_replace(link.get(), bcc_program_find(b.get(), drop ? "drop" : "pass"));
			std::cout << std::left << std::setw(8) << seen(b.get(), 0) << ' ' << seen(b.get(), 1)
				  << std::endl;
		}
	}
	if (ret < 0)
		std::cerr << bcc_error(b.get()) << '\n';
	return ret < 0;
}
