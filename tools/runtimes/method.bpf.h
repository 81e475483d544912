/* SPDX-License-Identifier: Apache-2.0 */
/* The method that a static probe of a runtime reports. */
#include "method.h"
#include "usdt_text.bpf.h"

/* Which arguments are texts, and which their lengths; 0: there is none. */
const volatile u32 class_argument, class_length, name_argument, name_length;

static __noinline int method_read(struct pt_regs *ctx, struct method *method)
{
	usdt_text(ctx, method->class, sizeof(method->class), class_argument, class_length);
	usdt_text(ctx, method->name, sizeof(method->name), name_argument, name_length);
	return 0;
}
