/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a program of the text on each CPU, beside what the CPU is doing: bpf_get_current_task() is the task
 * that runs there. */
#ifndef TOOLS_LIB_EACH_CPU_H
#define TOOLS_LIB_EACH_CPU_H

struct bcc;

/* The program is one for raw tracepoints that does not look at its context. Returns 0, or a negative errno:
 * -EOPNOTSUPP if the kernel cannot do it (Linux before 5.10). */
int each_cpu_run(struct bcc *b, const char *program);

#endif
