// SPDX-License-Identifier: Apache-2.0
// HTTP requests in the buffers of SSL_write(): method, path and host.
#include <uapi/linux/ptrace.h>
#include <linux/sched.h>

#define BYTES 256

struct request {
	u64 time;
	u32 pid, method, path_length, host_at;
	u64 path_hash, host_hash;
	char comm[16];
};

struct buffer {
	char text[BYTES];
};

BPF_PERCPU_ARRAY(buffers, struct buffer, 1);
BPF_PERF_OUTPUT(requests);
BPF_HASH(by_path, u64, u64);

enum { GET = 1, PUT, POST, HEAD, PATCH, DELETE, OPTIONS };

static inline int starts_with(const char *text, const char *word, int length)
{
#pragma unroll
	for (int i = 0; i < length; i++)
		if (text[i] != word[i])
			return 0;
	return 1;
}

static inline u32 method_of(const char *text, u32 *length)
{
	char get[] = "GET ", put[] = "PUT ", post[] = "POST ", head[] = "HEAD ", patch[] = "PATCH ";
	char remove[] = "DELETE ", options[] = "OPTIONS ";

	if (*length = 4, starts_with(text, get, 4))
		return GET;
	if (*length = 4, starts_with(text, put, 4))
		return PUT;
	if (*length = 5, starts_with(text, post, 5))
		return POST;
	if (*length = 5, starts_with(text, head, 5))
		return HEAD;
	if (*length = 6, starts_with(text, patch, 6))
		return PATCH;
	if (*length = 7, starts_with(text, remove, 7))
		return DELETE;
	if (*length = 8, starts_with(text, options, 8))
		return OPTIONS;
	return 0;
}

int on_write(struct pt_regs *ctx, void *ssl, void *buffer, int length)
{
	struct request r = {};
	u32 zero = 0, at = 0;
	struct buffer *b = buffers.lookup(&zero);

	if (!b || length < 16)
		return 0;
	if (bpf_probe_read_user(b->text, sizeof(b->text), buffer))
		return 0;
	r.method = method_of(b->text, &at);
	if (!r.method)
		return 0;
	r.path_hash = 14695981039346656037ULL;
#pragma unroll
	for (int i = 0; i < 96; i++) {
		char c = b->text[i + 4];

		/* behind the longer methods the path begins a little later */
		if (c == ' ' || c == '?')
			break;
		r.path_hash = (r.path_hash ^ (u8)c) * 1099511628211ULL;
		r.path_length++;
	}
#pragma unroll
	for (int i = 16; i < 144; i++) {
		const char *t = b->text + i;

		if (t[0] == '\n' && t[1] == 'H' && t[2] == 'o' && t[3] == 's' && t[4] == 't' && t[5] == ':') {
			r.host_at = i + 7;
			break;
		}
	}
	if (r.host_at) {
#pragma unroll
		for (int i = 0; i < 24; i++) {
			u32 index = r.host_at + i;

			/* the compiler knows that it is less, the verifier does not always */
			asm volatile("" : "+r"(index));
			index &= BYTES - 1;
			if (b->text[index] == '\r')
				break;
			r.host_hash = r.host_hash * 31 + (u8)b->text[index];
		}
	}
	r.time = bpf_ktime_get_ns();
	r.pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(&r.comm, sizeof(r.comm));
	by_path.increment(r.path_hash);
	requests.perf_submit(ctx, &r, sizeof(r));
	return 0;
}
