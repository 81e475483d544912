/* SPDX-License-Identifier: Apache-2.0 */
#include "rdonly_cast.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char name_of_cast[] = "\0bpf_rdonly_cast"; /* as between other strings */

/* A search by name would compare with each of the kernel's 100,000 names: look for the name's place first. */
static unsigned find(const struct btf *kernel)
{
	uint32_t size;
	const char *data = btf__raw_data(kernel, &size);
	const struct btf_header *header = (const struct btf_header *)data;
	const char *strings, *name;

	if (!data)
		return 0;
	strings = data + header->hdr_len + header->str_off;
	name = memmem(strings, header->str_len, name_of_cast, sizeof(name_of_cast));
	for (unsigned id = btf__type_cnt(kernel); name && --id;) {
		const struct btf_type *type = btf__type_by_id(kernel, id);

		if (type->name_off == name + 1 - strings && btf_is_func(type))
			return id;
	}
	return 0;
}

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
	int fd = bpf_prog_load(BPF_PROG_TYPE_TRACEPOINT, "probe_cast", "GPL", program,
		sizeof(program) / sizeof(program[0]), NULL);

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

unsigned bcc_rdonly_cast(const struct btf *kernel)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static bool known;
	static unsigned cast;

	if (bcc_reads_forced("helper") || bcc_reads_forced("single"))
		return 0;
	pthread_mutex_lock(&lock);
	if (!known) {
		cast = find(kernel);
		if (cast && !is_accepted(cast))
			cast = 0;
		known = true;
	}
	pthread_mutex_unlock(&lock);
	return cast;
}
