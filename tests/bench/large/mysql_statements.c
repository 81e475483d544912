// SPDX-License-Identifier: Apache-2.0
// Statements that clients send to MySQL servers: their packets in write() and sendto(), with literals left
// out.
#include <uapi/linux/ptrace.h>
#include <linux/sched.h>

#define LONGEST 128

struct packet {
	u8 length[3], sequence, command;
	char text[LONGEST];
};

struct statement {
	u64 time, hash;
	u32 pid, fd, length, command;
	char comm[16];
	char text[LONGEST];
};

BPF_PERCPU_ARRAY(packets, struct packet, 1);
BPF_PERCPU_ARRAY(statements, struct statement, 1);
BPF_PERF_OUTPUT(events);
BPF_HASH(by_hash, u64, u64);
BPF_HASH(by_command, u32, u64);

static inline int look(void *ctx, u32 fd, u64 buffer, u64 count)
{
	u32 zero = 0, length;
	struct packet *p = packets.lookup(&zero);
	struct statement *s = statements.lookup(&zero);
	u64 hash = 0;

	if (!p || !s || count < 6)
		return 0;
	if (bpf_probe_read_user(p, sizeof(*p), (void *)buffer))
		return 0;
	length = p->length[0] | p->length[1] << 8 | p->length[2] << 16;
	if (p->sequence || length + 4 != count || p->command > 0x1f)
		return 0;
	u32 command = p->command;

	by_command.increment(command);
	if (command != 0x03 && command != 0x16)
		return 0;
#pragma unroll
	for (int i = 0; i < LONGEST; i++) {
		char c = p->text[i];

		if (i + 1 >= length)
			c = 0;
		/* digits are left out, and cases are one */
		if (c >= '0' && c <= '9')
			c = '?';
		if (c >= 'a' && c <= 'z')
			c -= 'a' - 'A';
		s->text[i] = c;
		hash = (hash << 5) - hash + (u8)c;
		/* one after the other: of all at once, there is no room for what is between */
		asm volatile("" : "+r"(hash));
	}
	s->time = bpf_ktime_get_ns();
	s->hash = hash;
	s->pid = bpf_get_current_pid_tgid() >> 32;
	s->fd = fd;
	s->length = length;
	s->command = command;
	bpf_get_current_comm(&s->comm, sizeof(s->comm));
	by_hash.increment(hash);
	events.perf_submit(ctx, s, sizeof(*s));
	return 0;
}

TRACEPOINT_PROBE(syscalls, sys_enter_write)
{
	return look(args, args->fd, (u64)args->buf, args->count);
}

TRACEPOINT_PROBE(syscalls, sys_enter_sendto)
{
	return look(args, args->fd, (u64)args->buff, args->len);
}
