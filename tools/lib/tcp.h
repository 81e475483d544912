/* SPDX-License-Identifier: Apache-2.0 */
/* What TCP calls the numbers of its states and flags. */
#ifndef TOOLS_LIB_TCP_H
#define TOOLS_LIB_TCP_H

#include <stdint.h>

/* The name of a state (enum of net/tcp_states.h): "ESTABLISHED"; NULL if it has none. */
const char *tcp_state_name(unsigned state);

enum { TCP_FLAGS_SIZE = 32 };

/* The flags of a header (its byte 13): "SYN|ACK"; "" for none. Returns `text`. */
const char *tcp_flags_text(uint8_t flags, char text[TCP_FLAGS_SIZE]);

#endif
