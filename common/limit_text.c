/* SPDX-License-Identifier: Apache-2.0 */
#include "limit_text.h"

#include <stdio.h>

const char *bcc_time_text(uint64_t milliseconds, char *buf, size_t size)
{
	snprintf(buf, size, "%g s", (double)milliseconds / 1000);
	return buf;
}

const char *bcc_memory_text(uint64_t bytes, char *buf, size_t size)
{
	static const char *const units[] = {"bytes", "KB", "MB", "GB", "TB"};
	double amount = (double)bytes;
	size_t unit = 0;

	while (amount >= 1024 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		amount /= 1024;
		unit++;
	}
	snprintf(buf, size, "%.4g %s", amount, units[unit]);
	return buf;
}
