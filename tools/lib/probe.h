/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Probes as users name them, in the way of BCC's tools:
 *
 *	vfs_read  p::vfs_read  vfs_*	functions of the kernel
 *	c:malloc  p:c:malloc		functions of a library or program, by its name or path
 *	r::vfs_read  r:c:malloc		their returns
 *	vfs_read+0x10			an instruction of a function
 *	t:sched:sched_switch		tracepoints
 *	u:c:setjmp  u:c:libc:setjmp	static probes (USDT), of any or one provider
 *
 * Names are patterns of a shell, or regular expressions that match from the name's start.
 */
#ifndef TOOLS_LIB_PROBE_H
#define TOOLS_LIB_PROBE_H

#include <stdbool.h>
#include <stdint.h>

enum probe_kind {
	PROBE_FUNCTION, /* of the kernel */
	PROBE_USER,	/* a function of a program or library; or of a module of the kernel, by its name */
	PROBE_TRACEPOINT,
	PROBE_USDT,
};

/* What a tool can do with. */
enum {
	PROBE_REGEX = 1 << 0,	  /* names are regular expressions */
	PROBE_SINGLE = 1 << 1,	  /* a name is one, and no pattern */
	PROBE_RETURNS = 1 << 2,	  /* returns of functions may be named */
	PROBE_OFFSETS = 1 << 3,	  /* and instructions */
	PROBE_FUNCTIONS = 1 << 4, /* only functions, neither tracepoints nor static probes */
};

struct probe {
	enum probe_kind kind;
	bool at_return;
	bool is_pattern;
	char *place;	/* library, program or module; category of a tracepoint; NULL: the kernel */
	char *provider; /* of a static probe; NULL: any */
	char *name;	/* as it was typed, without the offset */
	char *regex;	/* an extended regular expression of all names; of CATEGORY:NAME for tracepoints */
	uint64_t offset;
};

struct probe_error {
	unsigned column; /* of the text, from 1 on */
	char why[160];
};

/* Returns 0, and the caller frees the probe; or -EINVAL. */
int probe_parse(struct probe *p, const char *text, unsigned flags, struct probe_error *error);

void probe_free(struct probe *p);

/* The same for an argument of the command line, where what is wrong is a usage error. */
void probe_argument(struct probe *p, const char *text, unsigned flags);

#endif
