/* SPDX-License-Identifier: Apache-2.0 */
/* Attachments that take more than descriptors to hold. */
#ifndef LIBBCC_ATTACH_LINK_OPS_H
#define LIBBCC_ATTACH_LINK_OPS_H

struct bcc_link;
struct bcc_program;

/* What to do about an attachment that the kernel does not hold by a descriptor. */
struct bcc_link_ops {
	/* Removes it. Not called in a child of the process that made it. */
	void (*detach)(struct bcc_link *link);
	/* Puts another program, which is loaded, in the place of the old; returns 0 or a negative errno. */
	int (*replace)(struct bcc_link *link, struct bcc_program *p);
};

#endif
