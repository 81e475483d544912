// SPDX-License-Identifier: Apache-2.0
// Messages between PostgreSQL and its clients, many in one buffer: how many of each kind, and what they run.
#include <uapi/linux/ptrace.h>
#include <linux/sched.h>

#define BYTES 1024

/* with room behind what a message's place is masked with */
struct bytes {
	u8 at[BYTES + 128];
};

struct batch {
	u64 time;
	u32 pid, messages, bytes, errors, tag, rows;
	char comm[16];
	u8 kinds[16];
};

BPF_PERCPU_ARRAY(buffers, struct bytes, 1);
BPF_PERF_OUTPUT(batches);
BPF_HASH(by_kind, u32, u64);
BPF_HASH(by_tag, u64, u64);

#define IS(a, b, c, d) (w[0] == a && w[1] == b && w[2] == c && w[3] == d)

static inline u32 tag_of(const u8 *w)
{
	if (IS('S', 'E', 'L', 'E'))
		return 1;
	if (IS('I', 'N', 'S', 'E'))
		return 2;
	if (IS('U', 'P', 'D', 'A'))
		return 3;
	if (IS('D', 'E', 'L', 'E'))
		return 4;
	if (IS('B', 'E', 'G', 'I'))
		return 5;
	if (IS('C', 'O', 'M', 'M'))
		return 6;
	if (IS('R', 'O', 'L', 'L'))
		return 7;
	if (IS('C', 'R', 'E', 'A'))
		return 8;
	if (IS('C', 'O', 'P', 'Y'))
		return 9;
	return 0;
}

static inline int look(void *ctx, u64 buffer, u64 count)
{
	struct batch batch = {};
	u32 zero = 0, at = 0;
	struct bytes *b = buffers.lookup(&zero);

	if (!b || count < 5)
		return 0;
	if (bpf_probe_read_user(b, BYTES, (void *)buffer))
		return 0;
	batch.bytes = count;
#pragma unroll
	for (int i = 0; i < 16; i++) {
		u32 length, kind;
		u8 *m;

		if (at > BYTES - 64 || at + 5 > count)
			break;
		/* the compiler knows that it is less, the verifier does not always */
		asm volatile("" : "+r"(at));
		m = b->at + (at & (BYTES - 1));
		kind = m[0];
		length = m[1] << 24 | m[2] << 16 | m[3] << 8 | m[4];
		if (length < 4 || kind < '1' || kind > 'z')
			break;
		batch.messages++;
		batch.kinds[i] = kind;
		by_kind.increment(kind);
		switch (kind) {
		case 'Q':
			batch.tag = tag_of(m + 5);
			break;
		case 'P':
			/* behind the name of the statement */
#pragma unroll
			for (int j = 5; j < 24; j++)
				if (!m[j]) {
					batch.tag = tag_of(m + j + 1);
					break;
				}
			break;
		case 'C':
			batch.tag = tag_of(m + 5);
#pragma unroll
			for (int j = 5; j < 32; j++) {
				if (!m[j])
					break;
				if (m[j] >= '0' && m[j] <= '9')
					batch.rows = batch.rows * 10 + m[j] - '0';
				else
					batch.rows = 0;
			}
			break;
		case 'E':
			batch.errors++;
			break;
		}
		at += length + 1;
	}
	if (!batch.messages)
		return 0;
	by_tag.increment(batch.tag);
	batch.time = bpf_ktime_get_ns();
	batch.pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(&batch.comm, sizeof(batch.comm));
	batches.perf_submit(ctx, &batch, sizeof(batch));
	return 0;
}

TRACEPOINT_PROBE(syscalls, sys_enter_sendto)
{
	return look(args, (u64)args->buff, args->len);
}
