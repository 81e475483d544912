/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls of libraries for encrypted connections: what is given to them or returned by them in plain text. It
 * is where it was when the call returns.
 */
#include "begun.bpf.h"
#include "event.bpf.h"
#include "filter.bpf.h"
#include "sslsniff.h"

#define HEAD offsetof(struct event, data)

const volatile u32 most; /* bytes that are copied */

struct call_key {
	u64 thread, kind;
};

struct call {
	u64 begin;
	const char *data;
	const u64 *length; /* where the call stores how much it was; 0: it returns that */
};

/* If two probes are at the same place, because a file was found under two names, just one reports the
 * return. */
BEGUN_TABLE(struct call_key, struct call, calls, 16384);

static __noinline int enter(u32 kind, const char *data, const u64 *length)
{
	struct call_key key = {.thread = bpf_get_current_pid_tgid(), .kind = kind};
	struct call call = {.begin = bpf_ktime_get_ns(), .data = data, .length = length};

	if (!current_is_unwanted())
		begun_put(calls, &key, &call);
	return 0;
}

static __always_inline u32 fill(struct event *event, const struct call *call, u64 length, u32 kind, u32 room)
{
	u32 size = length < most ? length : most;

	event_task(&event->task);
	event->delay = event->task.time - call->begin;
	event->length = length;
	event->kind = kind;
	if (kind == SSLSNIFF_HANDSHAKE)
		size = 0;
	if (size > room)
		size = room;
	event->copied = size && !bpf_probe_read_user(event->data, size, call->data) ? size : 0;
	return event->copied;
}

#ifdef EVENTS_PERF
/* Programs are not interrupted on these kernels. */
BPF_PERCPU_ARRAY(scratch, struct event, 1);

static __noinline int report(void *ctx, const struct call *call, u64 length, u32 kind)
{
	u32 zero = 0, size;
	struct event *event = scratch.lookup(&zero);

	if (!event)
		return 0;
	size = fill(event, call, length, kind, SSLSNIFF_MOST - 1);
	event_send(ctx, event, HEAD + (size & (SSLSNIFF_MOST - 1)));
	return 0;
}
#else
/* Room for the smallest record that the data fits into: the size of one is a constant. */
#define REPORT(room)                                                                                         \
	static __noinline int report_##room(const struct call *call, u64 length, u32 kind)                   \
	{                                                                                                    \
		struct event *event = event_reserve(HEAD + room);                                            \
                                                                                                             \
		if (event) {                                                                                 \
			fill(event, call, length, kind, room);                                               \
			event_submit(event);                                                                 \
		}                                                                                            \
		return 0;                                                                                    \
	}
REPORT(256)
REPORT(2048)
REPORT(8192)
REPORT(32768)

static __noinline int report(void *ctx, const struct call *call, u64 length, u32 kind)
{
	u64 size = length < most ? length : most;

	if (kind == SSLSNIFF_HANDSHAKE || size <= 256)
		return report_256(call, length, kind);
	if (size <= 2048)
		return report_2048(call, length, kind);
	if (size <= 8192)
		return report_8192(call, length, kind);
	return report_32768(call, length, kind);
}
#endif

static __noinline int leave(struct pt_regs *ctx, u32 kind)
{
	struct call_key key = {.thread = bpf_get_current_pid_tgid(), .kind = kind};
	struct call *known = calls.lookup(&key), call;
	s64 length = (s32)PT_REGS_RC(ctx);

	if (!known)
		return 0;
	call = *known;
	begun_take(calls, &key);
	/* it failed, or there was no data */
	if (length <= 0)
		return 0;
	if (call.length && bpf_probe_read_user(&length, sizeof(length), call.length))
		return 0;
	if (length <= 0)
		return 0;
	return report(ctx, &call, length, kind);
}

/* (void *connection, void *data, number size) */
int enter_read(struct pt_regs *ctx)
{
	return enter(SSLSNIFF_READ, (const char *)PT_REGS_PARM2(ctx), 0);
}

int enter_write(struct pt_regs *ctx)
{
	return enter(SSLSNIFF_WRITE, (const char *)PT_REGS_PARM2(ctx), 0);
}

/* (void *connection, void *data, size_t size, size_t *length) */
int enter_read_ex(struct pt_regs *ctx)
{
	return enter(SSLSNIFF_READ, (const char *)PT_REGS_PARM2(ctx), (const u64 *)PT_REGS_PARM4(ctx));
}

int enter_write_ex(struct pt_regs *ctx)
{
	return enter(SSLSNIFF_WRITE, (const char *)PT_REGS_PARM2(ctx), (const u64 *)PT_REGS_PARM4(ctx));
}

/* (void *connection) */
int enter_handshake(struct pt_regs *ctx)
{
	return enter(SSLSNIFF_HANDSHAKE, 0, 0);
}

int leave_read(struct pt_regs *ctx)
{
	return leave(ctx, SSLSNIFF_READ);
}

int leave_write(struct pt_regs *ctx)
{
	return leave(ctx, SSLSNIFF_WRITE);
}

int leave_handshake(struct pt_regs *ctx)
{
	return leave(ctx, SSLSNIFF_HANDSHAKE);
}
