/* SPDX-License-Identifier: Apache-2.0 */
#include "rdonly_cast.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/array.h"

static bool is_accepted(unsigned cast)
{
	const struct bpf_insn program[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_1, .imm = 4096},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2},
		{.code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL, .imm = cast},
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

bool bcc_reads_forced(const char *way)
{
	const char *forced = secure_getenv("BCC_READS");

	return forced && !strcmp(forced, way);
}

unsigned bcc_rdonly_cast(const void *kernel_btf)
{
	const struct bcc_btf_bytes *kernel = kernel_btf;
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static bool known;
	static unsigned cast;

	if (bcc_reads_forced("helper") || bcc_reads_forced("single"))
		return 0;
	pthread_mutex_lock(&lock);
	if (!known) {
		cast = bcc_btf_find_type(kernel, "bpf_rdonly_cast", BTF_KIND_FUNC);
		if (cast && !is_accepted(cast))
			cast = 0;
		known = true;
	}
	pthread_mutex_unlock(&lock);
	return cast;
}
