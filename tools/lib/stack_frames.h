/* SPDX-License-Identifier: Apache-2.0 */
/* For BPF texts and for C. */
#ifndef TOOLS_LIB_STACK_FRAMES_H
#define TOOLS_LIB_STACK_FRAMES_H

/* How many frames an event has room for: what the kernel records at most by default. */
#define STACK_FRAMES 127

#endif
