/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which output what is recorded now will be in (period.h). For tables that hold the greatest or the least of
 * what happened since the last output, which cannot be told from differences: their keys end with this
 * number.
 */
u32 period;

static inline u32 period_now(void)
{
	return *(volatile u32 *)&period;
}
