/* SPDX-License-Identifier: Apache-2.0 */
#include "order.h"

#include <errno.h>

#include "common/options.h"

int bcc_order_set(struct bcc *b, const struct bcc_order_opts *order, struct bcc_link_create *create)
{
	struct bcc_order_opts o;
	const struct bcc_link *link;
	int ret = bcc_opts(&b->err, &o, sizeof(o), order);

	if (ret)
		return ret;
	if (o.first + !!o.before + !!o.after + !!o.before_id + !!o.after_id > 1)
		return bcc_fail(&b->err, -EINVAL,
			"a program is attached first, or before or after one other: one of these");
	link = o.before ? o.before : o.after;
	if (link && link->fd_count != 1)
		return bcc_fail(
			&b->err, -EINVAL, "the attachment to go before or after has no place in an order");
	if (o.first || o.before || o.before_id)
		create->flags |= KERNEL_BPF_F_BEFORE;
	else if (o.after || o.after_id)
		create->flags |= KERNEL_BPF_F_AFTER;
	if (link) {
		create->flags |= KERNEL_BPF_F_LINK;
		create->order.relative = link->fds[0];
	} else if (o.before_id || o.after_id) {
		create->flags |= KERNEL_BPF_F_LINK | KERNEL_BPF_F_ID;
		create->order.relative = o.before_id ? o.before_id : o.after_id;
	}
	return 0;
}

int bcc_order_refused(struct bcc *b, const struct bcc_order_opts *order, int code, const char *since)
{
	if (!order)
		return 0;
	if (code == -EINVAL)
		return bcc_fail(
			&b->err, -EOPNOTSUPP, "an order among the programs of a hook needs Linux %s", since);
	if (code == -ENOENT || code == -EBADF)
		return bcc_fail(&b->err, -ENOENT, "the attachment to go before or after is not of this hook");
	return 0;
}
