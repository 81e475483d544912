/* SPDX-License-Identifier: Apache-2.0 */
/* Times of events, which are bpf_ktime_get_ns(), as people and programs read them. */
#ifndef TOOLS_LIB_CLOCK_H
#define TOOLS_LIB_CLOCK_H

#include <stdint.h>

#include "buffer.h"

/* How --time-format shows the time of day. */
enum clock_format {
	CLOCK_LOCAL, /* HH:MM:SS */
	CLOCK_UTC,
	CLOCK_LOCAL_MS, /* HH:MM:SS.MMM */
	CLOCK_UTC_MS,
	CLOCK_LOCAL_US, /* HH:MM:SS.UUUUUU */
	CLOCK_UTC_US,
	CLOCK_RFC3339, /* 2026-01-31T23:59:59.123456789Z */
	CLOCK_EPOCH,   /* seconds since 1970, with nine decimals */
	CLOCK_BOOT,    /* seconds since boot (CLOCK_MONOTONIC), with nine decimals */
};

/* What they are called: "local", "utc", "local-ms", "utc-ms", "local-us", "utc-us", "rfc3339", "epoch",
 * "boot"; -1: none of them. */
int clock_format_find(const char *name);

/* CLOCK_MONOTONIC, the clock of bpf_ktime_get_ns(). */
uint64_t clock_now(void);

/* Looks how far both clocks are apart; to be called now and then, as the time of day may be set. */
void clock_update(void);

/* Nanoseconds since 1970 of a time of clock_now(). */
uint64_t clock_epoch(uint64_t time);

/* Adds it in a format. */
void clock_add(struct buffer *b, uint64_t time, enum clock_format format);

#endif
