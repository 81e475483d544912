/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "option.h"
#include "signals.h"

enum { KERNEL_SIGRTMIN = 32, LAST_SIGNAL = 64 };

const char *signal_name(int number)
{
	const char *name = number > 0 && number < KERNEL_SIGRTMIN ? sigabbrev_np(number) : NULL;
	static char text[24];

	if (name)
		return name;
	if (number >= KERNEL_SIGRTMIN && number <= LAST_SIGNAL)
		snprintf(text, sizeof(text), number > KERNEL_SIGRTMIN ? "RTMIN+%d" : "RTMIN",
			number - KERNEL_SIGRTMIN);
	else
		snprintf(text, sizeof(text), "%d", number);
	return text;
}

static void signals_add(void *ctx, const char *text)
{
	const char *bare = strncasecmp(text, "SIG", 3) ? text : text + 3;
	uint64_t *mask = ctx;

	for (int number = 1; number <= LAST_SIGNAL; number++)
		if (!strcasecmp(signal_name(number), bare)) {
			*mask |= 1ULL << (number - 1);
			return;
		}
	if (*text < '0' || *text > '9')
		tool_usage("unknown signal '%s'", text);
	*mask |= 1ULL << (argument_number(text, 1, LAST_SIGNAL) - 1);
}

uint64_t argument_signals(const char *text)
{
	uint64_t mask = 0;

	argument_list(text, signals_add, &mask);
	return mask;
}
