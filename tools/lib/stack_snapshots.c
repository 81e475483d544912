/* SPDX-License-Identifier: Apache-2.0 */
#include "stack_snapshots.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "buffer.h"
#include "debug_info.h"
#include "settings.h"
#include "stack_snapshot.h"
#include "tool.h"

enum {
	WAITING_BYTES = 256 << 20, /* of snapshots whose weights are not known yet */
};

#if defined(__x86_64__)
enum { REGISTERS = 21, STACK_POINTER = 19 };
#elif defined(__aarch64__)
enum { REGISTERS = 34, STACK_POINTER = 31 };
#else
enum { REGISTERS = 0, STACK_POINTER = 0 };
#endif

/* A snapshot whose weight is not known yet. */
struct stack_waiting {
	uint64_t tid;
	size_t size;
	UT_hash_handle hh;
	struct stack_snapshot snapshot;
};

enum stack_snapshots_miss {
	SNAPSHOTS_FULL,
	SNAPSHOTS_COUNTS_FULL,
	SNAPSHOTS_WAITING,
	SNAPSHOTS_UNKNOWN,
	SNAPSHOTS_BEYOND,
	SNAPSHOTS_NO_RULE,
	SNAPSHOTS_MISSES,
};

static struct {
	struct bcc_table *stacks, *counts;
	struct stack_waiting *waiting; /* by tid */
	size_t waiting_bytes;
	uint64_t bytes; /* copied of each stack */
	uint64_t missed[SNAPSHOTS_MISSES];
} snapshots;

void stack_snapshots_choose(uint64_t bytes)
{
	const char *why = NULL;

	if (!REGISTERS)
		why = "of the registers of this architecture";
	else if (settings.perf_buffers ||
		 libbpf_probe_bpf_helper(BPF_PROG_TYPE_PERF_EVENT, BPF_FUNC_task_pt_regs, NULL) != 1)
		why = "because it needs ring buffers and Linux 5.15";
	if (why) {
		tool_warn("--dwarf does not work here, %s", why);
		exit(EXIT_FAILURE);
	}
	snapshots.bytes = (bytes + SNAPSHOT_PAGE - 1) / SNAPSHOT_PAGE * SNAPSHOT_PAGE;
	tool_define("STACKS_DWARF=%" PRIu64, snapshots.bytes / SNAPSHOT_PAGE);
	tool_define("STACKS_REGISTERS=%d", REGISTERS);
	tool_define("STACKS_POINTER=%d", STACK_POINTER);
}

/* ---- counting ---- */

/* The stack's number, or a negative errno if there is no room for it. */
static int64_t stack_snapshots_keep(struct stack_record *record)
{
	int64_t number = stack_hash(record);
	int ret = bcc_table_set(
		snapshots.stacks, &number, sizeof(number), record, sizeof(*record), BPF_NOEXIST);

	if (!ret || ret == -EEXIST)
		return number;
	snapshots.missed[SNAPSHOTS_FULL]++;
	return -ENOMEM;
}

static int64_t stack_snapshots_unwind(const struct stack_snapshot *s)
{
	struct symbol_owner owner = {
		.pid = s->key.owner.pid, .start = s->key.owner.start, .exec = s->key.owner.exec};
	struct stack_record record = {0};
	enum dwarf_end end;

	record.count = debug_info_unwind(&owner, s, record.frames, &end);
	if (!record.count) {
		snapshots.missed[SNAPSHOTS_UNKNOWN]++;
		return -EFAULT;
	}
	if (end == DWARF_END_BEYOND)
		snapshots.missed[SNAPSHOTS_BEYOND]++;
	else if (end == DWARF_END_NO_RULE)
		snapshots.missed[SNAPSHOTS_NO_RULE]++;
	return stack_snapshots_keep(&record);
}

/* Nobody else counts by such keys: what programs count by has no stack of a program, or an error. */
static void stack_snapshots_count(const struct stack_snapshot *s, uint64_t weight)
{
	struct stack_key key = s->key;
	uint64_t count = 0;
	int ret;

	/* it works for the tool */
	if ((int)key.pid == debug_info_reader())
		return;
	key.user = stack_snapshots_unwind(s);
	ret = bcc_table_get(snapshots.counts, &key, sizeof(key), &count, sizeof(count));
	if (ret && ret != -ENOENT)
		return;
	count += weight;
	if (bcc_table_set(snapshots.counts, &key, sizeof(key), &count, sizeof(count), BPF_ANY))
		snapshots.missed[SNAPSHOTS_COUNTS_FULL]++;
}

/* ---- snapshots ---- */

static void stack_snapshots_forget(struct stack_waiting *w)
{
	HASH_DEL(snapshots.waiting, w);
	snapshots.waiting_bytes -= w->size;
	free(w);
}

static struct stack_waiting *stack_snapshots_find(uint64_t tid)
{
	struct stack_waiting *w;

	HASH_FIND(hh, snapshots.waiting, &tid, sizeof(tid), w);
	return w;
}

static void stack_snapshots_wait(const struct stack_snapshot *s, size_t size)
{
	struct stack_waiting *w = stack_snapshots_find(s->key.tid);

	if (w)
		stack_snapshots_forget(w);
	if (snapshots.waiting_bytes + size > WAITING_BYTES) {
		snapshots.missed[SNAPSHOTS_WAITING]++;
		return;
	}
	w = malloc(sizeof(*w) + size - sizeof(*s));
	if (!w)
		buffer_no_memory();
	w->tid = s->key.tid;
	w->size = size;
	memcpy(&w->snapshot, s, size);
	snapshots.waiting_bytes += size;
	HASH_ADD(hh, snapshots.waiting, tid, sizeof(w->tid), w);
}

static int stack_snapshots_receive(void *ctx, int cpu, const void *data, size_t size)
{
	const struct stack_snapshot_end *end = data;
	const struct stack_snapshot *s = data;
	struct stack_waiting *w;

	if (size == sizeof(*end)) {
		w = stack_snapshots_find(end->tid);
		if (w && end->weight)
			stack_snapshots_count(&w->snapshot, end->weight);
		if (w)
			stack_snapshots_forget(w);
		return 0;
	}
	if (size < sizeof(*s) || s->pages > (size - sizeof(*s)) / SNAPSHOT_PAGE)
		return 0;
	if (s->weight)
		stack_snapshots_count(s, s->weight);
	else
		stack_snapshots_wait(s, sizeof(*s) + s->pages * SNAPSHOT_PAGE);
	return 0;
}

int stack_snapshots_open(struct bcc *b, const char *counts)
{
	snapshots.stacks = bcc_table_find(b, "stacks");
	snapshots.counts = bcc_table_find(b, counts);
	return bcc_open_ring(b, "stacks_snapshots", stack_snapshots_receive, NULL);
}

void stack_snapshots_say_missed(void)
{
	static const char *const why[SNAPSHOTS_MISSES] = {
		[SNAPSHOTS_FULL] =
			"could not be displayed: their table is full; consider increasing --stack-storage-size",
		[SNAPSHOTS_COUNTS_FULL] = "were not counted: the table of counts is full",
		[SNAPSHOTS_WAITING] = "were not counted: too many threads wait at the same time",
		[SNAPSHOTS_UNKNOWN] = "could not be displayed: their registers or files could not be read",
		[SNAPSHOTS_BEYOND] =
			"are cut short: they lead beyond what is copied of each stack; consider increasing --dwarf-stack",
		[SNAPSHOTS_NO_RULE] = "are cut short: a file does not say how they go on",
	};

	for (int i = 0; i < SNAPSHOTS_MISSES; i++) {
		if (snapshots.missed[i])
			tool_warn("WARNING: %" PRIu64 " stack traces %s", snapshots.missed[i], why[i]);
		snapshots.missed[i] = 0;
	}
}

void stack_snapshots_close(void)
{
	struct stack_waiting *w, *next;

	HASH_ITER(hh, snapshots.waiting, w, next)
	stack_snapshots_forget(w);
	memset(&snapshots, 0, sizeof(snapshots));
}
