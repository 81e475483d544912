/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "common/array.h"
#include "common/cpu_list.h"
#include "option.h"
#include "settings.h"
#include "unit.h"

enum { MOST_CPUS = 65535 };

static bool argument_is_number(const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
	char *end;

	/* strtoull() would accept a sign and white space */
	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*value = strtoull(text, &end, 10);
	return !errno && !*end && *value >= min && *value <= max;
}

uint64_t argument_number(const char *text, uint64_t min, uint64_t max)
{
	uint64_t value;

	if (!argument_is_number(text, min, max, &value))
		tool_usage("'%s' is not a number from %" PRIu64 " to %" PRIu64, text, min, max);
	return value;
}

unsigned argument_cpu(const char *text)
{
	unsigned cpu = argument_number(text, 0, MOST_CPUS), end = bcc_cpus_end("possible");

	/* the text is the same for all machines */
	if (cpu >= end && !settings.dump_text)
		tool_usage("no such CPU: %u; this machine has CPUs 0 to %u", cpu, end - 1);
	return cpu;
}

uint64_t argument_duration(const char *text, uint64_t unit)
{
	uint64_t ns;

	if (!unit_duration(text, unit, &ns))
		tool_usage("'%s' is not a duration such as 10, 0.5 or 20ms", text);
	return ns;
}

void argument_wrong_at(const char *text, unsigned column, const char *why)
{
	/* there is no place in nothing */
	if (!*text)
		tool_usage("%s", why);
	tool_usage("%s, column %u: %s", text, column, why);
}

void argument_run_time(const char *text)
{
	settings.duration = argument_duration(text, 1000000000);
	if (!settings.duration)
		tool_usage("the duration '%s' is zero", text);
}

uint32_t argument_user(const char *text)
{
	const struct passwd *user;
	uint64_t value;

	if (argument_is_number(text, 0, UINT_MAX, &value))
		return value;
	user = getpwnam(text);
	if (!user)
		tool_usage("no user '%s'", text);
	return user->pw_uid;
}

/* Those that strerrorname_np() calls by another name. */
static const struct {
	const char *name;
	int number;
} errno_names[] = {{"EWOULDBLOCK", EWOULDBLOCK}, {"ENOTSUP", ENOTSUP}, {"EDEADLOCK", EDEADLOCK}};

unsigned argument_errno(const char *text)
{
	enum { MOST = 4095 };

	for (size_t i = 0; i < ARRAY_SIZE(errno_names); i++)
		if (!strcmp(errno_names[i].name, text))
			return errno_names[i].number;
	for (unsigned number = 1; number <= MOST; number++) {
		const char *name = strerrorname_np((int)number);

		if (name && !strcmp(name, text))
			return number;
	}
	/* BCC takes -2 too */
	return argument_number(text + (*text == '-'), 1, MOST);
}

unsigned argument_list(const char *text, void (*item)(void *ctx, const char *text), void *ctx)
{
	unsigned count = 0;

	for (;;) {
		size_t length = strcspn(text, ",");
		char *part = strndup(text, length);

		if (!part)
			buffer_no_memory();
		item(ctx, part);
		free(part);
		count++;
		if (!text[length])
			return count;
		text += length + 1;
	}
}

struct numbers {
	uint64_t min, max;
	uint32_t *numbers;
	unsigned count, room;
};

static void argument_add_number(void *ctx, const char *text)
{
	struct numbers *n = ctx;

	if (n->count == n->room)
		tool_usage("there are more than %u numbers", n->room);
	n->numbers[n->count++] = argument_number(text, n->min, n->max);
}

unsigned argument_numbers(const char *text, uint64_t min, uint64_t max, uint32_t *numbers, unsigned room)
{
	struct numbers n = {.min = min, .max = max, .numbers = numbers, .room = room};

	return argument_list(text, argument_add_number, &n);
}
