/* SPDX-License-Identifier: Apache-2.0 */
/* Options that choose a network namespace. The text has `only_netns`: see netns.bpf.h. */
#ifndef TOOLS_LIB_NETNS_H
#define TOOLS_LIB_NETNS_H

#include "option.h"

/* Reads its number, the inode of /proc/PID/ns/net. */
void netns_id_option(const char *argument);

/* Reads the process whose network namespace it is. */
void netns_process_option(const char *argument);

/* Rows of the table of options, with BCC's names. */
#define NETNS_OPTIONS                                                                                        \
	OPTION_CUSTOM(0, "netns-id", "ID", netns_id_option,                                                  \
		"only in this network namespace: the number that `readlink /proc/PID/ns/net` shows"),        \
		OPTION_CUSTOM(0, "pid-netns", "PID", netns_process_option,                                   \
			"only in the network namespace of this process")

#endif
