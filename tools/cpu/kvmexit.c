/* SPDX-License-Identifier: Apache-2.0 */
#include "kvmexit.h"

#include <dirent.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "kvmexit_reason.h"
#include "settings.h"
#include "tool.h"

#define SECOND 1000000000ULL

static const char *pid, *tid, *tids, *vcpu;
static bool all_threads;
static char title[256];

/* ---- options ---- */

static void kvmexit_pid(const char *argument)
{
	pid = argument;
	filter_pid_option(argument);
}

static void kvmexit_tid(const char *argument)
{
	tid = argument;
	filter_tid_option(argument);
}

static void kvmexit_tids(const char *argument)
{
	tids = argument;
	filter_tid_option(argument);
}

/* The thread of a process that is its virtual CPU, as QEMU names it: "CPU 0/KVM". */
static void kvmexit_find_vcpu(void)
{
	uint64_t number = argument_number(vcpu, 0, UINT32_MAX);
	char path[300], name[64], wanted[32];
	struct dirent *e;
	DIR *d;

	snprintf(wanted, sizeof(wanted), "CPU %u/", (unsigned)number);
	snprintf(path, sizeof(path), "/proc/%d/task", filter_single_pid());
	d = opendir(path);
	while (d && (e = readdir(d))) {
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%d/task/%s/comm", filter_single_pid(), e->d_name);
		f = *e->d_name == '.' ? NULL : fopen(path, "re");
		if (!f)
			continue;
		if (!fgets(name, sizeof(name), f))
			*name = '\0';
		fclose(f);
		if (strncmp(name, wanted, strlen(wanted)) != 0)
			continue;
		filter_tid_option(e->d_name);
		closedir(d);
		return;
	}
	if (d)
		closedir(d);
	tool_usage("process %s has no thread for virtual CPU %s", pid, vcpu);
}

static void kvmexit_set_up(void)
{
	char whom[160] = "all threads";

	if ((tid != NULL) + (tids != NULL) + (vcpu != NULL) + all_threads > 1)
		tool_usage("-t, -T, -v and -a cannot be combined");
	if (vcpu && !filter_single_pid())
		tool_usage("-v takes the process: -p PID");
	if (tid)
		snprintf(whom, sizeof(whom), "TID %.128s", tid);
	else if (tids)
		snprintf(whom, sizeof(whom), "TIDS %.128s", tids);
	else if (vcpu)
		snprintf(whom, sizeof(whom), "PID %.64s VCPU %.64s", pid, vcpu);
	else if (pid)
		snprintf(whom, sizeof(whom), "PID %.128s%s", pid, all_threads ? " and its all threads" : "");
	if (settings.duration)
		snprintf(title, sizeof(title),
			"Display kvm exit reasons and statistics for %s after sleeping %g secs.", whom,
			(double)settings.duration / SECOND);
	else
		snprintf(title, sizeof(title),
			"Display kvm exit reasons and statistics for %s... Hit Ctrl-C to end.", whom);
	tool_set_number("by_process", !pid && !tid && !tids);
	tool_set_number("by_thread", tids || all_threads || (!pid && !tid));
	if (vcpu && !settings.describe && !settings.dump_text)
		kvmexit_find_vcpu();
}

/* ---- rows ---- */

static void kvmexit_number(struct value *value, uint32_t number)
{
	value->kind = VALUE_NONE;
	if (number)
		value_unsigned(value, number);
}

static void kvmexit_process(const struct tool_row *row, struct value *value)
{
	kvmexit_number(value, ((const struct event *)row->data)->key.pid);
}

static void kvmexit_thread(const struct tool_row *row, struct value *value)
{
	kvmexit_number(value, ((const struct event *)row->data)->key.tid);
}

static void kvmexit_name(const struct tool_row *row, struct value *value)
{
	const struct kvmexit_key *key = &((const struct event *)row->data)->key;
	const char *name = kvmexit_reason(key->processor, key->reason);
	static char text[32];

	if (!name) {
		snprintf(text, sizeof(text), "%#x", key->reason);
		name = text;
	}
	value_text(value, name, strlen(name));
}

/* By thread, the most frequent first. */
static int kvmexit_compare(const struct tool_row *a, const struct tool_row *b)
{
	const struct event *x = a->data, *y = b->data;

	if (x->key.pid != y->key.pid)
		return x->key.pid < y->key.pid ? -1 : 1;
	if (x->key.tid != y->key.tid)
		return x->key.tid < y->key.tid ? -1 : 1;
	return (x->count < y->count) - (x->count > y->count);
}

static const struct tool_option arguments[] = {
	OPTION_CUSTOM(0, "DURATION", "SECONDS", argument_run_time, "end after this time"),
	{0},
};

static const struct tool_option options[] = {
	OPTION_CUSTOM('p', "pid", "PID", kvmexit_pid, "only these processes, all their threads together",
		.columns = "-PID -TID"),
	OPTION_CUSTOM('t', "tid", "TID", kvmexit_tid, "only this thread", .columns = "-PID -TID"),
	OPTION_CUSTOM('T', "tids", "TIDS", kvmexit_tids, "only these threads, separated by commas",
		.columns = "-PID"),
	OPTION_TEXT(
		'v', "vcpu", "VCPU", "with -p: only this virtual CPU, as QEMU numbers them", .value = &vcpu),
	OPTION_FLAG(
		'a', "alltids", "with -p: each thread for itself", .value = &all_threads, .columns = "TID"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_BY("PID", -8, VALUE_UNSIGNED, kvmexit_process, "process"),
	COLUMN_BY("TID", -8, VALUE_UNSIGNED, kvmexit_thread, "thread, which is a virtual CPU"),
	COLUMN_BY("KVM_EXIT_REASON", -35, VALUE_TEXT, kvmexit_name,
		"why it left the guest; the number of a reason that has no name"),
	COLUMN("COUNT", -8, count, "how often"),
	{0},
};

static const struct tool_view view = {
	.kind = TOOL_ENTRIES,
	.title = title,
	.table = "counts",
	.columns = columns,
	.bytes = sizeof(struct event),
	.compare = kvmexit_compare,
};

const struct tool tool = {
	.name = "kvmexit",
	.purpose = "Shows why virtual CPUs leave their guests, and how often.",
	.details = "It shows what processors of Intel and AMD do, on hosts of KVM.",
	.examples = {{"5", "all virtual machines, for five seconds"},
		{"-p 1234 -v 0", "the first virtual CPU"}, {"-p 1234 -a", "each virtual CPU of a process"}},
	.options = options,
	.arguments = arguments,
	.filters = TOOL_FILTERS,
	.view = &view,
	.set_up = kvmexit_set_up,
};
