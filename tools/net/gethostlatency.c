/* SPDX-License-Identifier: Apache-2.0 */
#include "gethostlatency.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "common/array.h"
#include "mapped.h"
#include "tool.h"

static const char *const functions[] = {[GETADDRINFO] = "getaddrinfo",
	[GETHOSTBYNAME] = "gethostbyname",
	[GETHOSTBYNAME2] = "gethostbyname2",
	[GETHOSTBYNAME_R] = "gethostbyname_r",
	[GETHOSTBYNAME2_R] = "gethostbyname2_r"};

/* What getaddrinfo() returns, the same numbers in all C libraries of Linux. */
static const struct {
	int number;
	const char *name;
} errors[] = {
#define ERROR(name) {name, #name}
	ERROR(EAI_BADFLAGS),
	ERROR(EAI_NONAME),
	ERROR(EAI_AGAIN),
	ERROR(EAI_FAIL),
	ERROR(EAI_NODATA),
	ERROR(EAI_FAMILY),
	ERROR(EAI_SOCKTYPE),
	ERROR(EAI_SERVICE),
	ERROR(EAI_ADDRFAMILY),
	ERROR(EAI_MEMORY),
	ERROR(EAI_SYSTEM),
	ERROR(EAI_OVERFLOW),
};

static const char *library;

/* ---- columns ---- */

static bool latency_wanted(const struct tool_row *row)
{
	return ((const struct event *)row->data)->function < ARRAY_SIZE(functions);
}

static void latency_function(const struct tool_row *row, struct value *value)
{
	const char *name = functions[((const struct event *)row->data)->function];

	value_text(value, name, strlen(name));
}

static void latency_result(const struct tool_row *row, struct value *value)
{
	const struct event *e = row->data;
	static char number[16];
	const char *name = "FAILED";

	if (!e->error) {
		name = "OK";
	} else if (e->function == GETADDRINFO) {
		snprintf(number, sizeof(number), "%d", e->error);
		name = number;
		for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
			if (errors[i].number == e->error)
				name = errors[i].name;
	}
	value_text(value, name, strlen(name));
}

/* ---- probes ---- */

/* Those functions that the library has. Returns how many, or a negative errno. */
static int latency_attach(struct bcc *b, const char *binary)
{
	/* the returns first: nothing is recorded that could not be reported */
	int count = bcc_attach_uprobes(b, "leave", binary, "^(getaddrinfo|gethostbyname2?(_r)?)$",
		&BCC_OPTS(struct bcc_multi_opts, .retprobe = true), NULL);

	/* one function each, but where the kernel can attach to several it also detaches faster */
	for (size_t i = 0; i < ARRAY_SIZE(functions) && count > 0; i++) {
		char program[64], pattern[64];
		int ret;

		snprintf(program, sizeof(program), "enter_%s", functions[i]);
		snprintf(pattern, sizeof(pattern), "^%s$", functions[i]);
		ret = bcc_attach_uprobes(b, program, binary, pattern, NULL, NULL);
		if (ret < 0 && ret != -ENOENT)
			return ret;
	}
	return count;
}

static bool latency_is_c_library(const char *name)
{
	static const char *const prefixes[] = {"libc.so", "libc-2", "ld-musl-", "libc.musl-"};

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return true;
	return false;
}

struct latency_search {
	struct bcc *b;
	int count; /* of functions */
};

static int latency_found(void *ctx, const char *path, const char *origin)
{
	struct latency_search *search = ctx;
	int ret = latency_attach(search->b, path);

	if (tool_is_verbose())
		tool_warn("%s: %s", origin, ret > 0 ? "traced" : bcc_error(search->b));
	/* its process may have ended meanwhile */
	if (ret > 0)
		search->count += ret;
	return 0;
}

static int latency_attached(struct bcc *b)
{
	struct latency_search search = {.b = b};

	if (!library) {
		mapped_each(latency_is_c_library, latency_found, &search);
		if (search.count)
			return 0;
	}
	search.count = latency_attach(b, library ? library : "c");
	if (search.count > 0)
		return 0;
	tool_warn("%s", bcc_error(b));
	return search.count;
}

/* ---- the tool ---- */

static const struct tool_option options[] = {
	OPTION_TEXT('l', "libc", "PATH", "only calls into this C library, instead of all that are in use",
		.value = &library),
	OPTION_FLAG(
		'x', "failed", "only lookups that failed", .variable = "only_failed", .columns = "RESULT"),
	{0},
};

static const struct tool_column columns[] = {
	COLUMN_TIME("TIME", -9, "when the call returned"),
	COLUMN("PID", -7, task.pid, "process"),
	COLUMN("COMM", -16, task.comm, "name of the thread"),
	COLUMN_DURATION("LAT(ms)", 10, delay, "time that it took", .heading = "LATms", .json = "lat_ns",
		.format = COLUMN_MS, .digits = 2),
	COLUMN_BY("RESULT", -14, VALUE_TEXT, latency_result,
		"OK; the error of getaddrinfo(), such as EAI_NONAME; or FAILED", .hidden = true,
		.in_json = true),
	COLUMN("HOST", 0, host, "name that was looked up"),
	COLUMN_BY("CALL", -16, VALUE_TEXT, latency_function, "function", .hidden = true, .in_json = true),
	COLUMN("TID", -7, task.tid, "thread", .hidden = true),
	COLUMN("UID", -6, task.uid, "user", .hidden = true),
	{0},
};

static const struct tool_view view = {
	.columns = columns,
	.bytes = sizeof(struct event),
	.wanted = latency_wanted,
};

const struct tool tool = {
	.name = "gethostlatency",
	.purpose = "Shows how long lookups of names of hosts take.",
	.details =
		"It traces getaddrinfo(), gethostbyname(), gethostbyname2() and their variants in all C libraries "
		"that processes use when it starts, also those in containers. Programs that bring a resolver "
		"of their own, or a C library that is linked into them, are not seen.",
	.examples = {{"-x", "lookups that fail, and why"}, {"--filter 'lat > 100ms'", "slow lookups"}},
	.options = options,
	.filters = TOOL_FILTERS,
	.view = &view,
	.attached = latency_attached,
};
