/* SPDX-License-Identifier: Apache-2.0 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hist_percentiles.h"
#include "hist_section.h"

#define ALL (100 * HIST_PERCENT)
#define DECIMALS 3

/* "99.9" as an integer; a usage error unless it is more than 0 and at most 100. */
static uint32_t hist_percentiles_number(const char *text)
{
	size_t whole = strspn(text, "0123456789"), point = text[whole] == '.';
	size_t decimals = point ? strspn(text + whole + 1, "0123456789") : 0;
	uint32_t number;

	if (!whole || whole > 3 || decimals > DECIMALS || (point && !decimals) ||
		text[whole + point + decimals])
		tool_usage("'%s' is not a percentile such as 50 or 99.9", text);
	number = strtoul(text, NULL, 10) * HIST_PERCENT;
	for (size_t i = 0, unit = HIST_PERCENT / 10; i < decimals; i++, unit /= 10)
		number += (text[whole + 1 + i] - '0') * unit;
	if (!number || number > ALL)
		tool_usage("a percentile is more than 0 and at most 100, not %s", text);
	return number;
}

static void hist_percentiles_add(void *ctx, const char *text)
{
	struct hist_percentiles *p = ctx;

	if (p->count == HIST_PERCENTILES)
		tool_usage("there are more than %d percentiles", HIST_PERCENTILES);
	p->of[p->count++] = hist_percentiles_number(text);
}

void hist_percentiles_read(struct hist_percentiles *percentiles, const char *argument)
{
	percentiles->count = 0;
	argument_list(argument, hist_percentiles_add, percentiles);
}

uint64_t hist_percentiles_slot(const uint64_t *slots, uint64_t count, uint32_t percentile)
{
	/* 128 bits: a counter may be near its end */
	unsigned __int128 least = ((unsigned __int128)count * percentile + ALL - 1) / ALL, so_far = 0;
	uint64_t slot = 0;

	while ((so_far += slots[slot]) < least)
		slot++;
	return slot;
}

static uint64_t hist_percentiles_value(const struct hist_section *s, unsigned index)
{
	uint64_t low, high;

	hist_section_range(
		s->view, hist_percentiles_slot(s->slots, s->count, s->percentiles->of[index]), &low, &high);
	return high;
}

const char *hist_percentiles_name(uint32_t percentile, char *name, size_t size)
{
	int length = snprintf(name, size, "%u.%03u", percentile / HIST_PERCENT, percentile % HIST_PERCENT);

	while (name[length - 1] == '0')
		name[--length] = '\0';
	if (name[length - 1] == '.')
		name[length - 1] = '\0';
	return name;
}

void hist_percentiles_write(struct buffer *b, const struct hist_section *s)
{
	char name[16];

	buffer_text(b, "     percentiles:");
	for (unsigned i = 0; i < s->percentiles->count; i++)
		buffer_printf(b, "%s %s%% %s %llu", i ? "," : "",
			hist_percentiles_name(s->percentiles->of[i], name, sizeof(name)),
			s->view->linear && s->view->step <= 1 ? "=" : "<=",
			(unsigned long long)hist_percentiles_value(s, i));
	buffer_printf(b, " %s\n", s->view->unit);
}

struct json_object *hist_percentiles_json(const struct hist_section *s)
{
	struct json_object *object = json_object_new_object();
	char name[16];

	for (unsigned i = 0; i < s->percentiles->count; i++)
		json_object_object_add(object,
			hist_percentiles_name(s->percentiles->of[i], name, sizeof(name)),
			json_object_new_uint64(hist_percentiles_value(s, i)));
	return object;
}
