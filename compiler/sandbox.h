/* SPDX-License-Identifier: Apache-2.0 */
/* What the compiler can do to the system once a text is in its hands: read files, and nothing else. */
#ifndef COMPILER_SANDBOX_H
#define COMPILER_SANDBOX_H

/* For the rest of the process's life. As far as the kernel has means for it; what it has not is left out
 * silently. */
void bcc_sandbox_enter(void);

#endif
