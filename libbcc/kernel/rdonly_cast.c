/* SPDX-License-Identifier: Apache-2.0 */
#include "rdonly_cast.h"

#include <bpf/bpf.h>
#include <stdatomic.h>
#include <stdint.h>
#include <unistd.h>

#include "common/array.h"

static bool rdonly_cast_is_accepted(unsigned id)
{
	const struct bpf_insn program[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_1, .imm = 4096},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2},
		{.code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL, .imm = id},
		{.code = BPF_LDX | BPF_DW | BPF_MEM, .dst_reg = BPF_REG_0, .src_reg = BPF_REG_0, .off = 8},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int fd = bpf_prog_load(
		BPF_PROG_TYPE_TRACEPOINT, "probe_cast", "GPL", program, ARRAY_SIZE(program), NULL);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

bool bcc_kernel_takes_rdonly_cast(unsigned id)
{
	/* 0: not known yet; otherwise the function's number, with the answer in the lowest bit. Two threads
	 * that determine it at once find the same. */
	static _Atomic uint64_t known;
	uint64_t now = atomic_load(&known);

	if (now >> 1 != id) {
		now = (uint64_t)id << 1 | rdonly_cast_is_accepted(id);
		atomic_store(&known, now);
	}
	return now & 1;
}
