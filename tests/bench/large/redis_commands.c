// SPDX-License-Identifier: Apache-2.0
// Commands to Redis servers: the arrays of strings in which clients send them, and which of them are how
// slow.
#include <uapi/linux/ptrace.h>
#include <linux/sched.h>

#define BYTES 32

struct bytes {
	u8 at[BYTES];
	u8 key[64];
};

struct command {
	u64 start, key_hash;
	u32 number, strings, name_length;
	char name[16];
};

BPF_PERCPU_ARRAY(buffers, struct bytes, 1);
BPF_HASH(running, u64, struct command);
BPF_HASH(by_key, u64, u64);
BPF_HISTOGRAM(delays);
BPF_PERF_OUTPUT(slow);

struct slow_command {
	struct command command;
	u64 delay;
	u32 pid;
	char comm[16];
};

#define COMMAND(number, word)                                                                                \
	if (is(name, word, sizeof(word) - 1))                                                                \
	return number

static inline int is(const char *name, const char *word, int length)
{
#pragma unroll
	for (int i = 0; i < length; i++)
		if ((name[i] & ~0x20) != word[i])
			return 0;
	return !name[length];
}

static inline u32 number_of(const char *name)
{
	COMMAND(1, "GET");
	COMMAND(2, "SET");
	COMMAND(3, "DEL");
	COMMAND(4, "INCR");
	COMMAND(5, "DECR");
	COMMAND(6, "MGET");
	COMMAND(7, "MSET");
	COMMAND(8, "HGET");
	COMMAND(9, "HSET");
	COMMAND(10, "HDEL");
	COMMAND(11, "HGETALL");
	COMMAND(12, "LPUSH");
	COMMAND(13, "RPUSH");
	COMMAND(14, "LPOP");
	COMMAND(15, "RPOP");
	COMMAND(16, "LRANGE");
	COMMAND(17, "SADD");
	COMMAND(18, "SREM");
	COMMAND(19, "ZADD");
	COMMAND(20, "ZRANGE");
	COMMAND(21, "EXPIRE");
	COMMAND(22, "EXISTS");
	COMMAND(23, "PUBLISH");
	COMMAND(24, "EVALSHA");
	return 0;
}

TRACEPOINT_PROBE(syscalls, sys_enter_write)
{
	u64 id = bpf_get_current_pid_tgid();
	struct command c = {};
	u32 zero = 0;
	struct bytes *b = buffers.lookup(&zero);

	if (!b || args->count < 8)
		return 0;
	if (bpf_probe_read_user(b->at, sizeof(b->at), (void *)args->buf) || b->at[0] != '*')
		return 0;
	/* *COUNT\r\n$LENGTH\r\nNAME\r\n$LENGTH\r\nKEY\r\n, with numbers of one digit */
	if (b->at[2] != '\r' || b->at[4] != '$' || b->at[6] != '\r')
		return 0;
	c.strings = b->at[1] - '0';
	c.name_length = b->at[5] - '0';
	if (c.name_length < 3 || c.name_length > 7)
		return 0;
#pragma unroll
	for (int i = 0; i < 7; i++)
		if (i < c.name_length)
			c.name[i] = b->at[8 + i];
	if (bpf_probe_read_user(b->key, sizeof(b->key), (void *)(args->buf + 14 + c.name_length)))
		return 0;
#pragma unroll
	for (int i = 0; i < 64; i++) {
		if (b->key[i] == '\r')
			break;
		c.key_hash = c.key_hash * 131 + b->key[i];
	}
	c.number = number_of(c.name);
	if (!c.number)
		return 0;
	c.start = bpf_ktime_get_ns();
	running.update(&id, &c);
	by_key.increment(c.key_hash);
	return 0;
}

TRACEPOINT_PROBE(syscalls, sys_exit_read)
{
	u64 id = bpf_get_current_pid_tgid();
	struct command *c = running.lookup(&id);
	struct slow_command s = {};

	if (!c || args->ret <= 0)
		return 0;
	s.delay = bpf_ktime_get_ns() - c->start;
	delays.increment(bpf_log2l(s.delay));
	if (s.delay > 1000000) {
		s.command = *c;
		s.pid = id >> 32;
		bpf_get_current_comm(&s.comm, sizeof(s.comm));
		slow.perf_submit(args, &s, sizeof(s));
	}
	running.delete(&id);
	return 0;
}
