/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <string.h>

#include "address.h"

enum { ADDRESSES = 8 };

void address_value(struct value *value, int family, const uint8_t *address)
{
	/* a row has several of them */
	static char texts[ADDRESSES][INET6_ADDRSTRLEN];
	static unsigned next;
	char *text = texts[next++ % ADDRESSES];

	if (!inet_ntop(family == 4 ? AF_INET : AF_INET6, address, text, INET6_ADDRSTRLEN))
		strcpy(text, "?");
	value_text(value, text, strlen(text));
}
