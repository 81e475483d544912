/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common/array.h"
#include "unit.h"

static uint64_t unit_named(const char *name, uint64_t unit)
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

bool unit_duration(const char *text, uint64_t unit, uint64_t *ns)
{
	uint64_t whole = 0, fraction = 0, scale = 1;
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
	unit = unit_named(at, unit);
	/* far less than what a signed number of nanoseconds holds: no later sum overflows */
	fits = fits && unit && !__builtin_mul_overflow(whole, unit, ns) && *ns < INT64_MAX / 4;
	if (!fits || at == text)
		return false;
	/* scale is at most 10^9 and unit at most 3.6×10^12: the product may not fit */
	*ns += (uint64_t)((unsigned __int128)fraction * unit / scale);
	return true;
}
