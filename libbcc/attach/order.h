/* SPDX-License-Identifier: Apache-2.0 */
/* Where among the programs of a hook a program runs. */
#ifndef LIBBCC_ATTACH_ORDER_H
#define LIBBCC_ATTACH_ORDER_H

#include "libbcc/handle.h"
#include "libbcc/kernel/link_create.h"

/* Fills in what the caller's order (NULL: last) means to the kernel. Returns 0 or a negative errno with the
 * error recorded. */
int bcc_order_set(struct bcc *b, const struct bcc_order_opts *order, struct bcc_link_create *create);

/* Why the kernel refused a link with an order; 0: the order is not why. */
int bcc_order_refused(struct bcc *b, const struct bcc_order_opts *order, int code, const char *since);

#endif
