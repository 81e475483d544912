/* SPDX-License-Identifier: Apache-2.0 */
#include "descriptor.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool bcc_descriptor_is(int fd, const char *what)
{
	char path[64], target[64];
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	length = readlink(path, target, sizeof(target) - 1);
	target[length > 0 ? length : 0] = '\0';
	return strstr(target, what);
}
