/* SPDX-License-Identifier: Apache-2.0 */
/* The greatest value that any CPU has seen. */

static inline void raise(u64 *to, u64 value)
{
	u64 old = *(volatile u64 *)to;

	/* other CPUs do the same; that so many do it just now does not happen */
	for (int i = 0; i < 16 && old < value; i++) {
		u64 seen = __sync_val_compare_and_swap(to, old, value);

		if (seen == old)
			break;
		old = seen;
	}
}
