/* SPDX-License-Identifier: Apache-2.0 */
/* --container: finds a container's control group by what its runtime has written down: Docker, Podman, CRI-O,
 * containerd. No daemon is asked. */
#ifndef TOOLS_LIB_CONTAINER_H
#define TOOLS_LIB_CONTAINER_H

#include <stddef.h>

/* The directory of the control group of the container with this name, or whose ID begins with it (at least 8
 * hexadecimal digits). `root` is put before all paths: "" but in tests. The caller frees what is returned;
 * NULL: with the reason in `why`. */
char *container_cgroup(const char *root, const char *name, char *why, size_t why_size);

#endif
