/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's filters: what the options set, and the BPF text (filter.bpf.h) looks at. */
#ifndef TOOLS_LIB_FILTER_H
#define TOOLS_LIB_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#define FILTER_NUMBERS 64
#define FILTER_NAMES 8
#define FILTER_NAME_SIZE 16 /* TASK_COMM_LEN */

struct filter_numbers {
	uint32_t count;	   /* 0: all are wanted */
	uint32_t unwanted; /* those in `numbers` are not, all others are */
	uint32_t numbers[FILTER_NUMBERS];
};

struct filter_names {
	uint32_t count;
	uint32_t unwanted;
	char names[FILTER_NAMES][FILTER_NAME_SIZE];
};

#define FILTER_CGROUP_COUNT 8

/* Control groups, with all below them. */
struct filter_cgroup_ids {
	uint32_t count;
	uint32_t unwanted;
	uint64_t ids[FILTER_CGROUP_COUNT];
};

/* Numbers separated by commas, from min to max, into the text's `variable`, a struct filter_numbers; all but
 * these after a '!'. */
void filter_numbers_option(const char *variable, const char *argument, uint64_t min, uint64_t max);

/* Readers of options. */
void filter_pid_option(const char *argument);
void filter_tid_option(const char *argument);
void filter_uid_option(const char *argument);
void filter_ppid_option(const char *argument);
void filter_comm_option(const char *argument);
void filter_cgroup_option(const char *argument);
void filter_container_option(const char *argument);
void filter_pidns_option(const char *argument);

/* The tool is about this process, and attaches to nothing that others reach: it ends with it as with --pid,
 * and the text has no filter. */
void filter_only_process(int pid);

/* The process, if --pid named just one; else 0. */
int filter_single_pid(void);

/* Leaves out the tool's own events, and takes numbers of processes as they are seen here, unless the options
 * say in which PID namespace. */
void filter_set_self(void);

/* Watches the processes of --pid. Returns a descriptor that can be read when one of them has ended; -1: none
 * is watched. */
int filter_watch(void);

/* Whether none of them is left; `say` which have ended since it was asked. */
bool filter_has_ended(bool say);
void filter_unwatch(void);

/* Warns of processes and threads that are wanted, and are not there. */
void filter_say_missing(void);

#endif
