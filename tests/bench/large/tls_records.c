// SPDX-License-Identifier: Apache-2.0
// Plain text of TLS connections: chunks of what SSL_write() and SSL_read() are given, and their first words.
#include <uapi/linux/ptrace.h>
#include <linux/sched.h>

#define CHUNK 512
#define CHUNKS 32

struct call {
	u64 start;
	u64 buffer;
	u64 ssl;
	u32 length;
};

struct record {
	u64 time, delay;
	u32 pid, tid, uid, length, chunk, is_read;
	char comm[16];
	char text[2 * CHUNK];
};

BPF_HASH(writes, u32, struct call);
BPF_HASH(reads, u32, struct call);
BPF_PERCPU_ARRAY(scratch, struct record, 1);
BPF_PERF_OUTPUT(records);
BPF_HASH(words, u64, u64);

static inline void note_word(u64 buffer)
{
	char start[64] = {};
	u64 hash = 5381;

	bpf_probe_read_user(start, sizeof(start), (void *)buffer);
#pragma unroll
	for (int i = 0; i < 64; i++) {
		char c = start[i];

		if (c == ' ' || c == '\r' || c == '\n' || !c)
			break;
		if (c >= 'a' && c <= 'z')
			c -= 'a' - 'A';
		hash = hash * 33 + (u8)c;
	}
	words.increment(hash);
}

static inline int send(struct pt_regs *ctx, struct call *call, u32 length, u32 is_read)
{
	u64 id = bpf_get_current_pid_tgid();
	u32 zero = 0;
	struct record *r = scratch.lookup(&zero);

	if (!r)
		return 0;
	r->time = bpf_ktime_get_ns();
	r->delay = r->time - call->start;
	r->pid = id >> 32;
	r->tid = id;
	r->uid = bpf_get_current_uid_gid();
	r->length = length;
	r->is_read = is_read;
	bpf_get_current_comm(&r->comm, sizeof(r->comm));
	note_word(call->buffer);
#pragma unroll
	for (int i = 0; i < CHUNKS; i++) {
		u32 done = i * CHUNK, n;

		if (done >= length)
			break;
		n = length - done;
		if (n > CHUNK)
			n = CHUNK;
		/* the compiler knows that it is less, the verifier does not always */
		asm volatile("" : "+r"(n));
		n &= 2 * CHUNK - 1;
		r->chunk = i;
		if (bpf_probe_read_user(&r->text, n, (void *)(call->buffer + done)))
			break;
		records.perf_submit(ctx, r, sizeof(*r));
	}
	return 0;
}

static inline void begin(struct pt_regs *ctx, u64 ssl, u64 buffer, u32 length, struct call *call)
{
	call->start = bpf_ktime_get_ns();
	call->ssl = ssl;
	call->buffer = buffer;
	call->length = length;
}

int on_write(struct pt_regs *ctx, void *ssl, void *buffer, int length)
{
	u32 tid = bpf_get_current_pid_tgid();
	struct call call = {};

	begin(ctx, (u64)ssl, (u64)buffer, length, &call);
	writes.update(&tid, &call);
	return 0;
}

int on_written(struct pt_regs *ctx)
{
	u32 tid = bpf_get_current_pid_tgid();
	struct call *call = writes.lookup(&tid);
	int length = PT_REGS_RC(ctx);

	if (!call)
		return 0;
	if (length > 0)
		send(ctx, call, length, 0);
	writes.delete(&tid);
	return 0;
}

int on_read(struct pt_regs *ctx, void *ssl, void *buffer, int length)
{
	u32 tid = bpf_get_current_pid_tgid();
	struct call call = {};

	begin(ctx, (u64)ssl, (u64)buffer, length, &call);
	reads.update(&tid, &call);
	return 0;
}

int on_read_done(struct pt_regs *ctx)
{
	u32 tid = bpf_get_current_pid_tgid();
	struct call *call = reads.lookup(&tid);
	int length = PT_REGS_RC(ctx);

	if (!call)
		return 0;
	if (length > 0)
		send(ctx, call, length, 1);
	reads.delete(&tid);
	return 0;
}
