/* SPDX-License-Identifier: Apache-2.0 */
/* What bitesize.bpf.c counts for bitesize.c. */
#ifndef TOOLS_BITESIZE_H
#define TOOLS_BITESIZE_H

struct section {
	char comm[16];
};

#endif
