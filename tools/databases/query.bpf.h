/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Queries from their beginning to their end, by static probes of the server or by the function of MySQL that
 * runs a command. The text defines query_done().
 */
#include "begun.bpf.h"
#include "filter.bpf.h"
#include "missed.bpf.h"
#include "query.h"

#define QUERY_COMMAND 3 /* MySQL's COM_QUERY */

const volatile u64 least_delay = 1000000;

struct query {
	u64 begin;
	const char *text; /* of the process */
};

BEGUN_TABLE(u64, struct query, queries, 16384); /* by thread */

#ifdef QUERY_TEXT
/* Texts of MySQL's commands, which are gone when the function returns. */
struct query_copy {
	char text[QUERY_SIZE];
};

BPF_F_TABLE("hash", u64, struct query_copy, copies, 1024, BPF_F_NO_PREALLOC);
BPF_ARRAY(no_copy, struct query_copy, 1); /* never written to: what a new one begins as */
#endif

static inline void query_done(struct pt_regs *ctx, const struct query *query, u64 now);

static __noinline int query_begin(const char *text)
{
	struct query query = {.begin = bpf_ktime_get_ns(), .text = text};
	u64 thread = bpf_get_current_pid_tgid();

	begun_put(queries, &thread, &query);
	return 0;
}

/* (const char *query, ...) */
int query_start(struct pt_regs *ctx)
{
	u64 text = 0;

	if (current_is_unwanted())
		return 0;
	bpf_usdt_readarg(1, ctx, &text);
	return query_begin((const char *)text);
}

int query_end(struct pt_regs *ctx)
{
	u64 thread = bpf_get_current_pid_tgid(), now = bpf_ktime_get_ns();
	struct query *known = queries.lookup(&thread), query;

	if (!known)
		return 0;
	query = *known;
	begun_take(queries, &thread);
	if (now - query.begin >= least_delay)
		query_done(ctx, &query, now);
#ifdef QUERY_TEXT
	copies.delete(&thread);
#endif
	return 0;
}

static __noinline int query_begin_command(u64 command, const char *text)
{
	if (command != QUERY_COMMAND || current_is_unwanted())
		return 0;
#ifdef QUERY_TEXT
	u64 thread = bpf_get_current_pid_tgid();
	struct query_copy *copy;
	u32 zero = 0;

	copy = no_copy.lookup(&zero);
	if (copy && copies.update(&thread, copy))
		event_missed();
	copy = copies.lookup(&thread);
	if (copy)
		bpf_probe_read_user_str(copy->text, sizeof(copy->text), text);
#endif
	return query_begin(0);
}

/* (enum enum_server_command command, THD *thd, char *packet, uint length): MySQL 5.6, MariaDB */
int dispatch_packet(struct pt_regs *ctx)
{
	return query_begin_command((u32)PT_REGS_PARM1(ctx), (const char *)PT_REGS_PARM3(ctx));
}

/* (THD *thd, const COM_DATA *data, enum enum_server_command command): MySQL 5.7 */
int dispatch_data(struct pt_regs *ctx)
{
	const char *text = 0;

	bpf_probe_read_user(&text, sizeof(text), (const void *)PT_REGS_PARM2(ctx));
	return query_begin_command((u32)PT_REGS_PARM3(ctx), text);
}
