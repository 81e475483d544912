// SPDX-License-Identifier: Apache-2.0
// HTTP/2 in the buffers of a TLS library: frames, their streams, and which entries of HPACK's static table
// their headers name.
#include <uapi/linux/ptrace.h>
#include <linux/sched.h>

#define FRAMES 12

struct frame {
	u8 head[9];
	u8 block[39];
};

struct stream_key {
	u64 connection;
	u32 stream, pid;
};

struct stream {
	u64 start, bytes;
	u32 frames, flags, method, status, entries, resets;
	char comm[16];
};

BPF_PERCPU_ARRAY(frames, struct frame, 1);
BPF_HASH(streams, struct stream_key, struct stream);
BPF_HASH(kinds, u32, u64);
BPF_PERF_OUTPUT(ended);

static inline void read_headers(const u8 *block, u32 length, struct stream *s)
{
#pragma unroll
	for (int i = 0; i < 24; i++) {
		u8 byte = block[i];

		if (i >= length || !(byte & 0x80))
			continue;
		byte &= 0x7f;
		s->entries++;
		if (byte == 2 || byte == 3)
			s->method = byte;
		else if (byte >= 8 && byte <= 14)
			s->status = byte == 8	 ? 200
				    : byte == 9	 ? 204
				    : byte == 10 ? 206
				    : byte == 11 ? 304
				    : byte == 12 ? 400
				    : byte == 13 ? 404
						 : 500;
	}
}

static inline int look(struct pt_regs *ctx, u64 connection, u64 buffer, u32 count)
{
	struct stream_key key = {.connection = connection};
	struct stream fresh = {}, *s;
	u32 zero = 0, at = 0;
	struct frame *f = frames.lookup(&zero);

	if (!f || count < 9)
		return 0;
	key.pid = bpf_get_current_pid_tgid() >> 32;
#pragma unroll
	for (int i = 0; i < FRAMES; i++) {
		u32 length, kind, flags;

		if (at + 9 > count || bpf_probe_read_user(f->head, sizeof(f->head), (void *)(buffer + at)))
			break;
		length = f->head[0] << 16 | f->head[1] << 8 | f->head[2];
		kind = f->head[3];
		flags = f->head[4];
		if (kind > 9 || length > 16384)
			break;
		kinds.increment(kind);
		key.stream = (f->head[5] & 0x7f) << 24 | f->head[6] << 16 | f->head[7] << 8 | f->head[8];
		if (key.stream) {
			fresh.start = bpf_ktime_get_ns();
			bpf_get_current_comm(&fresh.comm, sizeof(fresh.comm));
			s = streams.lookup_or_try_init(&key, &fresh);
			if (!s)
				break;
			s->frames++;
			s->flags |= flags;
			if (kind == 0) {
				s->bytes += length;
			} else if (kind == 1) {
				u32 skip = 9 + (flags & 8 ? 1 : 0) + (flags & 0x20 ? 5 : 0);

				if (!bpf_probe_read_user(
					    f->block, sizeof(f->block), (void *)(buffer + at + skip)))
					read_headers(f->block, length, s);
			} else if (kind == 3) {
				s->resets++;
			}
			if (flags & 1 || kind == 3) {
				ended.perf_submit(ctx, s, sizeof(*s));
				streams.delete(&key);
			}
		}
		at += 9 + length;
	}
	return 0;
}

int on_write(struct pt_regs *ctx, void *ssl, void *buffer, int length)
{
	return look(ctx, (u64)ssl, (u64)buffer, length);
}

int on_read(struct pt_regs *ctx, void *ssl, void *buffer, int length)
{
	return look(ctx, (u64)ssl, (u64)buffer, length);
}
