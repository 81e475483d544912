/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the hypervisor's calls. */
#ifndef TOOLS_PPCHCALLS_NAME_H
#define TOOLS_PPCHCALLS_NAME_H

#include <stdint.h>

struct ppchcalls_row {
	uint64_t number;
	const char *name;
};

/* By their numbers; ended by a row without a name. */
extern const struct ppchcalls_row ppchcalls_rows[];

/* NULL: it has none. */
const char *ppchcalls_name(uint64_t number);

/* NULL: there is no such call. */
const struct ppchcalls_row *ppchcalls_find(const char *name);

#endif
