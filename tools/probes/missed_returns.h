/* SPDX-License-Identifier: Apache-2.0 */
/* What calls.bpf.h knows to have missed. */
#ifndef TOOLS_MISSED_RETURNS_H
#define TOOLS_MISSED_RETURNS_H

#include <inttypes.h>

#include "tool.h"

/* Says at the end how many calls were not timed. Always returns 0. */
static inline int missed_returns_say(struct bcc *b)
{
	struct bcc_variable *variable = bcc_variable_find(b, "returns_missed");
	uint64_t missed = 0;

	if (!bcc_variable_get(variable, &missed, sizeof(missed)) && missed)
		tool_warn("%" PRIu64 " calls are not shown: their returns were missed", missed);
	return 0;
}

#endif
