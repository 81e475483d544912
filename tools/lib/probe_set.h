/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The places that probes (probe.h) stand for, and the attachment of a text's programs to them.
 *
 * A place is known to the programs by its number, their cookie; functions of the kernel, which patterns reach
 * all at once, by their addresses. place.bpf.h has what the text needs.
 */
#ifndef TOOLS_LIB_PROBE_SET_H
#define TOOLS_LIB_PROBE_SET_H

#include "buffer.h"
#include "column.h"
#include "probe.h"

struct bcc;

/* The programs of a text for each kind of place; NULL: the tool has no such places. */
struct probe_programs {
	const char *function, *function_return; /* of the kernel */
	const char *syscall; /* instead of `function`, where that is a system call; NULL: the same */
	const char *user, *user_return;
	const char *tracepoint, *usdt;
};

/* Looks for the places of a probe, and adds them; ends the program with a sentence if there is none. Before
 * the text is opened: in set_up(). */
void probe_set_add(const struct probe *p);

/* Has the text (place.bpf.h) tell places apart, if there are several. In set_up(). */
void probe_set_tell_apart(void);

/* Attaches the programs to all places, those for returns first, and shows how far it is. A probe for a
 * return gets only that. Returns how many functions, tracepoints and static probes there are; or a negative
 * errno after it has said why. */
int probe_set_attach(struct bcc *b, const struct probe_programs *programs);

/* The name of a place, by its number or by the address of the kernel's function. It is valid until the next
 * call. */
void probe_set_name(uint64_t place, struct value *value);

/* The probe that a place is of; NULL: it is an address. */
const struct probe *probe_set_probe(uint64_t place);

void probe_set_free(void);

#endif
