/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "common/array.h"
#include "option.h"

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

static uint64_t argument_unit(const char *name, uint64_t unit)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{"ns", 1},
		{"us", 1000},
		{"ms", 1000000},
		{"s", 1000000000},
		{"m", 60000000000},
		{"h", 3600000000000},
	};

	if (!*name)
		return unit;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (!strcmp(units[i].name, name))
			return units[i].ns;
	return 0;
}

uint64_t argument_duration(const char *text, uint64_t unit)
{
	uint64_t whole = 0, fraction = 0, scale = 1, ns;
	const char *at = text;
	bool fits = true;

	for (; *at >= '0' && *at <= '9' && fits; at++)
		fits = !__builtin_mul_overflow(whole, 10, &whole) &&
		       !__builtin_add_overflow(whole, *at - '0', &whole);
	if (*at == '.' && at > text)
		for (at++; *at >= '0' && *at <= '9'; at++)
			if (scale < 1000000000) {
				fraction = fraction * 10 + (*at - '0');
				scale *= 10;
			}
	unit = argument_unit(at, unit);
	/* far less than what a signed number of nanoseconds holds: no later sum overflows */
	fits = fits && unit && !__builtin_mul_overflow(whole, unit, &ns) && ns < INT64_MAX / 4;
	if (!fits || at == text)
		tool_usage("'%s' is not a duration such as 10, 0.5 or 20ms", text);
	/* scale is at most 10^9 and unit at most 3.6×10^12: the product may not fit */
	return ns + (uint64_t)((unsigned __int128)fraction * unit / scale);
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
