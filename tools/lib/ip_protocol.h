/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the protocols that sockets of the Internet have. */
#ifndef TOOLS_LIB_IP_PROTOCOL_H
#define TOOLS_LIB_IP_PROTOCOL_H

/* "TCP" for IPPROTO_TCP; NULL if it has no name here. */
const char *ip_protocol_name(unsigned protocol);

#endif
