/* SPDX-License-Identifier: Apache-2.0 */
/* The directory in /proc of a process that may have ended, and whose PID may be in use again. */
#ifndef LIBBCC_SYMBOLS_PROCESS_PROCESS_DIRECTORY_H
#define LIBBCC_SYMBOLS_PROCESS_PROCESS_DIRECTORY_H

#include <stdint.h>

struct bcc_process;

/* Opens the process's directory in /proc; the caller closes it. Negative if it has ended, even if its PID is
 * in use again. */
int bcc_process_open_proc(const struct bcc_process *p);

/* Start time of the process with this directory in /proc, in ticks since boot; 0: unknown. */
uint64_t bcc_process_start_time(int proc);

#endif
