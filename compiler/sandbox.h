/* SPDX-License-Identifier: Apache-2.0 */
/* Limits what the compiler can do to the system once it handles a text: read files, and nothing else. */
#ifndef COMPILER_SANDBOX_H
#define COMPILER_SANDBOX_H

/* For the rest of the process's life. What the kernel does not support is left out silently. */
void bcc_sandbox_enter(void);

#endif
