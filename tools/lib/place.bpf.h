/* SPDX-License-Identifier: Apache-2.0 */
/* At which of its places (probe_set.h) a program runs, unless that is a function of the kernel. */
const volatile bool place_by_cookie; /* there are several; kernels before 5.15 have no cookies */

static inline u64 place_number(void *ctx)
{
	return place_by_cookie ? bpf_get_attach_cookie(ctx) : 0;
}
