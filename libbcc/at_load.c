/* SPDX-License-Identifier: Apache-2.0 */
/* What is done when the library is loaded. Not in libbcc_bpf.so, which compiles nothing. */
#include "libbcc/compile/child_program.h"

__attribute__((constructor)) static void at_load(void)
{
	bcc_child_program_keep();
}
