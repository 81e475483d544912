/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_LIB_PROCESS_H
#define TOOLS_LIB_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

/* Whether there is no such process, or nothing but its exit status, which its parent has not asked for. */
bool process_has_ended(pid_t pid);

#endif
