/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "address.h"

enum { ADDRESSES = 8, ADDRESS_SIZE = INET6_ADDRSTRLEN + sizeof(":65535") };

static char *address_text(int family, const uint8_t *address)
{
	/* a row has several of them */
	static char texts[ADDRESSES][ADDRESS_SIZE];
	static unsigned next;
	char *text = texts[next++ % ADDRESSES];

	if (!inet_ntop(family == 4 ? AF_INET : AF_INET6, address, text, INET6_ADDRSTRLEN))
		strcpy(text, "?");
	return text;
}

void address_value(struct value *value, int family, const uint8_t *address)
{
	const char *text = address_text(family, address);

	value_text(value, text, strlen(text));
}

void address_port_value(struct value *value, int family, const uint8_t *address, unsigned port)
{
	char *text = address_text(family, address);

	sprintf(text + strlen(text), ":%u", port & 0xffff);
	value_text(value, text, strlen(text));
}
