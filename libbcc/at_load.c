/* SPDX-License-Identifier: Apache-2.0 */
/* What happens when the library is loaded. Not in libbcc_bpf.so, which does not compile. */
#include "libbcc/compile/child_program.h"

__attribute__((constructor)) static void at_load(void)
{
	bcc_child_program_keep();
}
