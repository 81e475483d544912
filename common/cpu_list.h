/* SPDX-License-Identifier: Apache-2.0 */
/* CPUs by their numbers, which may have gaps: libbpf_num_possible_cpus() says how many there are, and not up
 * to which number they go. */
#ifndef COMMON_CPU_LIST_H
#define COMMON_CPU_LIST_H

/* Calls `see` for each CPU of a list as sysfs has them, "0-3,8-11", until it returns something else than 0,
 * which is returned. What is wrong in a list, and all that follows it, is left out. */
int bcc_cpu_list_each(const char *list, int (*see)(void *ctx, int cpu), void *ctx);

/* The same for the list in /sys/devices/system/cpu/WHICH: "possible", "present", "online". Without sysfs,
 * these are as many as the C library knows, without gaps. */
int bcc_cpus_each(const char *which, int (*see)(void *ctx, int cpu), void *ctx);

/* One more than the greatest number among them. */
int bcc_cpus_end(const char *which);

#endif
