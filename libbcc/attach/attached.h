/* SPDX-License-Identifier: Apache-2.0 */
/* What is attached at a place, by whomever: shared by the queries of the kinds. */
#ifndef LIBBCC_ATTACH_ATTACHED_H
#define LIBBCC_ATTACH_ATTACHED_H

#include <linux/bpf.h>

#include "libbcc/handle.h"

/* The index of a network device, or a negative errno with the error recorded. */
int bcc_device_index(struct bcc *b, const char *device);

/* How a query of a device begins: checks its arguments, NULL too, and returns the index, or a negative
 * errno. */
int bcc_query_device(struct bcc *b, const char *device, bcc_attached_fn fn);

/* Adds what only the kernel's list of programs knows, and passes it to the callback. */
int bcc_attached_report(struct bcc_attached *attached, bcc_attached_fn fn, void *ctx);

/* Looks at the kernel's links (5.8) until `fn` returns true; returns the ID of that link, 0: none. */
uint32_t bcc_kernel_link_find(bool (*fn)(void *ctx, const struct bpf_link_info *link), void *ctx);

/* Passes the programs of a device's tcx or netkit hook to the callback, in the order in which they run.
 * Returns 0, what the callback returned, or the kernel's negative errno; -EOPNOTSUPP: it has no such hooks.
 */
int bcc_attached_at_device(int ifindex, int attach_type, bcc_attached_fn fn, void *ctx);

/* Takes an XDP program without a link off its device. Returns 0 or a negative errno. */
int bcc_xdp_detach(const struct bcc_attached *attached);

#endif
