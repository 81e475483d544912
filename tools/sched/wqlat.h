/* SPDX-License-Identifier: Apache-2.0 */
/* What wqlat.bpf.c counts for wqlat.c. */
#ifndef TOOLS_WQLAT_H
#define TOOLS_WQLAT_H

/* the kernel's WQ_NAME_LEN; before 6.9 it was 24 */
#define WQLAT_NAME 32

/* A work queue; "": all. */
struct wqlat_queue {
	char name[WQLAT_NAME];
};

#endif
