/* SPDX-License-Identifier: Apache-2.0 */
#include "standard_output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool standard_output_has_arrived(const char *name)
{
	if ((!fflush(stdout) && !ferror(stdout)) || errno == EPIPE)
		return true;
	fprintf(stderr, "%s: the output cannot be written: %s\n", name, strerror(errno));
	return false;
}
