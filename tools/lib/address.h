/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of the Internet as text. */
#ifndef TOOLS_LIB_ADDRESS_H
#define TOOLS_LIB_ADDRESS_H

#include "column.h"

/* The address (4 or 16 bytes for family 4 or 6, in network byte order) as a getter's value. The text is valid
 * for this row. */
void address_value(struct value *value, int family, const uint8_t *address);

/* The same with a port, as BCC's tools write it: "127.0.0.1:80", "::1:80". */
void address_port_value(struct value *value, int family, const uint8_t *address, unsigned port);

#endif
