/* SPDX-License-Identifier: Apache-2.0 */
#include "release.h"

#include <stdio.h>
#include <sys/utsname.h>

bool bcc_kernel_is_at_least(unsigned major, unsigned minor)
{
	unsigned running_major, running_minor;
	struct utsname name;

	if (uname(&name) || sscanf(name.release, "%u.%u", &running_major, &running_minor) != 2)
		return true;
	return running_major > major || (running_major == major && running_minor >= minor);
}
