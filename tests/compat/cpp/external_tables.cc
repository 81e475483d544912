// SPDX-License-Identifier: Apache-2.0
// Tables that the program makes, and two texts use.
#include "check.h"

static const std::string text = R"(
BPF_TABLE("extern", int, u64, calls, 2);
int on_call(struct pt_regs *ctx)
{
	int slot = SLOT;
	u64 *count = calls.lookup(&slot);

	if (count)
		*count += 1;
	return 0;
}
)";

extern "C" __attribute__((noinline)) void bcc_external_target();
extern "C" void bcc_external_target()
{
	__asm__ volatile("" : : : "memory");
}

static uint64_t at(int fd, int slot)
{
	uint64_t value = 77;

	CHECK(bpf_lookup_elem(fd, &slot, &value) == 0);
	return value;
}

static int make_table()
{
	int fd = bcc_create_map(BPF_MAP_TYPE_ARRAY, "calls", sizeof(int), sizeof(uint64_t), 2, 0);

	CHECK(fd >= 0);
	return fd;
}

static void check_storage(int fd)
{
	auto storage = ebpf::createSharedTableStorage();
	ebpf::TableStorage::iterator found;
	ebpf::TableDesc desc("calls", ebpf::FileDesc(dup(fd)), BPF_MAP_TYPE_ARRAY, sizeof(int),
		sizeof(uint64_t), 2, 0);
	ebpf::TableDesc again = desc.dup(), none;

	CHECK(!storage->Find(ebpf::Path({"calls"}), found));
	CHECK(!storage->Insert(ebpf::Path({"calls"}), std::move(none)));
	CHECK(storage->Insert(ebpf::Path({"calls"}), std::move(desc)));
	CHECK(!storage->Insert(ebpf::Path({"calls"}), std::move(again)));
	CHECK(storage->Find(ebpf::Path({"calls"}), found));
	CHECK(found->first == "/calls" && found->second.max_entries == 2);
	again = ebpf::TableDesc("calls", ebpf::FileDesc(make_table()), BPF_MAP_TYPE_ARRAY, sizeof(int),
		sizeof(uint64_t), 2, 0);
	CHECK(storage->Insert(ebpf::Path({"elsewhere", "calls"}), std::move(again)));
	CHECK(std::distance(storage->begin(), storage->end()) == 2);
	CHECK(storage->DeletePrefix(ebpf::Path({"elsewhere"})) == 1);
	CHECK(!storage->Delete(ebpf::Path({"elsewhere", "calls"})));
	CHECK(bcc_offer_table(nullptr, nullptr, fd) == -1 && bcc_offer_table(nullptr, "", fd) == -1);
	CHECK(bcc_offer_table(nullptr, "none", -1) == -1 && bcc_withdraw_table(nullptr, "none") == -1);
	CHECK(bcc_withdraw_table(nullptr, nullptr) == -1);
}

static void check_module()
{
	const char *flags[] = {"-DSLOT=0"};
	ebpf::BPFModule module(0);
	int fd;

	CHECK(module.load_string("nonsense", flags, 1) != 0);
	CHECK(module.load_string(text, flags, 1) == 0);
	CHECK(module.num_functions() == 1 && module.num_tables() == 1);
	CHECK(std::string(module.function_name(0)) == "on_call");
	CHECK(module.function_start("on_call") == module.function_start(size_t{0}));
	CHECK(module.function_size("on_call") % sizeof(struct bpf_insn) == 0);
	CHECK(module.table_fd("calls") >= 0 && module.table_type("calls") == BPF_MAP_TYPE_ARRAY);
	CHECK(module.table_max_entries(module.table_id("calls")) == 2);
	fd = module.bcc_func_load(BPF_PROG_TYPE_KPROBE, "on_call",
		reinterpret_cast<const struct bpf_insn *>(module.function_start("on_call")),
		static_cast<int>(module.function_size("on_call")), module.license(), module.kern_version(), 0,
		nullptr, 0);
	CHECK(fd >= 0);
	close(fd);
}

int main()
{
	need_bpf();

	const int fd = make_table();
	auto storage = ebpf::createSharedTableStorage();
	ebpf::BPF without, first(0, storage.get()), second(0, storage.get());

	CHECK(!without.init(text, {"-DSLOT=0"}).ok());
	check_storage(fd);
	check_module();
	CHECK_OK(first.init(text, {"-DSLOT=0"}));
	CHECK_OK(second.init(text, {"-DSLOT=1"}));
	if (access("/sys/bus/event_source/devices/uprobe", F_OK)) {
		std::puts("SKIP: no uprobes here");
		return 77;
	}
	CHECK_OK(first.attach_uprobe("/proc/self/exe", "bcc_external_target", "on_call", 0, BPF_PROBE_ENTRY, getpid()));
	CHECK_OK(second.attach_uprobe(
		"/proc/self/exe", "bcc_external_target", "on_call", 0, BPF_PROBE_RETURN, getpid()));
	// texts that have the table keep it
	CHECK(storage->Delete(ebpf::Path({"calls"})));
	for (int i = 0; i < 7; i++)
		bcc_external_target();
	CHECK(at(fd, 0) == 7);
	CHECK(at(fd, 1) == 7);
	CHECK(first.get_array_table<uint64_t>("calls")[0] == 7);
	CHECK(!without.init(text, {"-DSLOT=0"}).ok());
	close(fd);
	return 0;
}
