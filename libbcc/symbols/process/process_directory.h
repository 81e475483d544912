/* SPDX-License-Identifier: Apache-2.0 */
/* The directory in /proc of a process that may have ended, and its PID be another's by now. */
#ifndef LIBBCC_SYMBOLS_PROCESS_PROCESS_DIRECTORY_H
#define LIBBCC_SYMBOLS_PROCESS_PROCESS_DIRECTORY_H

#include <stdint.h>

struct bcc_process;

/* A descriptor of the process's directory in /proc (close it); negative: it has ended, whoever has its PID now. */
int bcc_process_open_proc(const struct bcc_process *p);

/* When the process with this directory in /proc started, in ticks since boot; 0: unknown. */
uint64_t bcc_process_start_time(int proc);

#endif
