/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <string.h>

#include "common/array.h"
#include "tcp.h"

const char *tcp_state_name(unsigned state)
{
	static const char *const names[] = {NULL, "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1",
		"FIN_WAIT2", "TIME_WAIT", "CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING",
		"NEW_SYN_RECV", "BOUND_INACTIVE"};

	return state < ARRAY_SIZE(names) ? names[state] : NULL;
}

const char *tcp_flags_text(uint8_t flags, char text[TCP_FLAGS_SIZE])
{
	static const char names[][4] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"};
	char *end = text;

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
		if (!(flags >> i & 1))
			continue;
		if (end > text)
			*end++ = '|';
		end = stpcpy(end, names[i]);
	}
	*end = '\0';
	return text;
}
