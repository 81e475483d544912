/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's tag of a program: the first eight bytes of a digest of its instructions, with map descriptors
 * zeroed. */
#include "abi.h"

#include <bpf/bpf.h>
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "libbcc/kernel/release.h"
#include "sha.h"

/* Since 6.18 the digest is SHA-256, before it was SHA-1 (bpf_prog_calc_tag() in kernel/bpf/core.c). */
static bool is_sha256(void)
{
	return bcc_kernel_is_at_least(6, 18);
}

int bpf_prog_compute_tag(const struct bpf_insn *insns, int prog_len, unsigned long long *tag)
{
	bcc_auto_free struct bpf_insn *copy = malloc(prog_len > 0 ? prog_len : 1);
	int count = prog_len / (int)sizeof(*insns);
	uint64_t digest[4];

	if (!copy)
		return bcc_abi_result(-ENOMEM);
	if (prog_len <= 0 || prog_len % sizeof(*insns))
		return bcc_abi_result(-EINVAL);
	memcpy(copy, insns, prog_len);
	for (int i = 0; i < count; i++) {
		if (copy[i].code != (BPF_LD | BPF_IMM | BPF_DW) ||
			(copy[i].src_reg != BPF_PSEUDO_MAP_FD && copy[i].src_reg != BPF_PSEUDO_MAP_VALUE))
			continue;
		copy[i].imm = 0;
		if (i + 1 < count)
			copy[++i].imm = 0;
	}
	if (is_sha256())
		bcc_sha256(copy, prog_len, (uint8_t *)digest);
	else
		bcc_sha1(copy, prog_len, (uint8_t *)digest);
	*tag = be64toh(digest[0]);
	return 0;
}

int bpf_prog_get_tag(int fd, unsigned long long *tag)
{
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);
	uint64_t bytes;
	int ret = bpf_obj_get_info_by_fd(fd, &info, &size);

	if (ret)
		return bcc_abi_fail(ret, "program %d cannot be queried: %s", fd, strerror(-ret));
	memcpy(&bytes, info.tag, sizeof(bytes));
	*tag = be64toh(bytes);
	return 0;
}
