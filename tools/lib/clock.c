/* SPDX-License-Identifier: Apache-2.0 */
#include "common/array.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "clock.h"

#define SECOND 1000000000ULL

static const char *const names[] = {
	[CLOCK_LOCAL] = "local",
	[CLOCK_UTC] = "utc",
	[CLOCK_LOCAL_MS] = "local-ms",
	[CLOCK_UTC_MS] = "utc-ms",
	[CLOCK_LOCAL_US] = "local-us",
	[CLOCK_UTC_US] = "utc-us",
	[CLOCK_RFC3339] = "rfc3339",
	[CLOCK_EPOCH] = "epoch",
	[CLOCK_BOOT] = "boot",
};

/* what to add to a time of clock_now() */
static uint64_t clock_offset;

int clock_format_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

static uint64_t clock_read(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * SECOND + now.tv_nsec;
}

uint64_t clock_now(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

void clock_update(void)
{
	clock_offset = clock_read(CLOCK_REALTIME) - clock_now();
}

uint64_t clock_epoch(uint64_t time)
{
	if (!clock_offset)
		clock_update();
	return time + clock_offset;
}

/* The broken-down time of the last second, as most events fall into the same. */
static const struct tm *clock_broken_down(time_t second, bool utc)
{
	static time_t last[2] = {-1, -1};
	static struct tm tm[2];

	if (last[utc] != second) {
		if (utc)
			gmtime_r(&second, &tm[utc]);
		else
			localtime_r(&second, &tm[utc]);
		last[utc] = second;
	}
	return &tm[utc];
}

static void clock_two_digits(struct buffer *b, int number)
{
	buffer_char(b, '0' + number / 10 % 10);
	buffer_char(b, '0' + number % 10);
}

static void clock_decimals(struct buffer *b, uint64_t fraction, int digits)
{
	uint64_t unit = SECOND;

	buffer_char(b, '.');
	while (digits--) {
		unit /= 10;
		buffer_char(b, '0' + fraction / unit % 10);
	}
}

static void clock_add_time_of_day(struct buffer *b, const struct tm *tm)
{
	clock_two_digits(b, tm->tm_hour);
	buffer_char(b, ':');
	clock_two_digits(b, tm->tm_min);
	buffer_char(b, ':');
	clock_two_digits(b, tm->tm_sec);
}

static void clock_add_rfc3339(struct buffer *b, uint64_t epoch)
{
	const struct tm *tm = clock_broken_down(epoch / SECOND, true);

	buffer_unsigned(b, tm->tm_year + 1900);
	buffer_char(b, '-');
	clock_two_digits(b, tm->tm_mon + 1);
	buffer_char(b, '-');
	clock_two_digits(b, tm->tm_mday);
	buffer_char(b, 'T');
	clock_add_time_of_day(b, tm);
	clock_decimals(b, epoch % SECOND, 9);
	buffer_char(b, 'Z');
}

void clock_add(struct buffer *b, uint64_t time, enum clock_format format)
{
	uint64_t epoch = clock_epoch(time);

	switch (format) {
	case CLOCK_RFC3339:
		clock_add_rfc3339(b, epoch);
		break;
	case CLOCK_EPOCH:
	case CLOCK_BOOT:
		epoch = format == CLOCK_BOOT ? time : epoch;
		buffer_unsigned(b, epoch / SECOND);
		clock_decimals(b, epoch % SECOND, 9);
		break;
	default:
		/* each is followed by the same of UTC */
		clock_add_time_of_day(b, clock_broken_down(epoch / SECOND, (format - CLOCK_LOCAL) % 2));
		if (format >= CLOCK_LOCAL_US)
			clock_decimals(b, epoch % SECOND, 6);
		else if (format >= CLOCK_LOCAL_MS)
			clock_decimals(b, epoch % SECOND, 3);
	}
}
