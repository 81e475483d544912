/* SPDX-License-Identifier: Apache-2.0 */
/* Whose reasons for an exit: as the kernel's tracepoint says it. For the BPF text and for C. */
#ifndef TOOLS_KVMEXIT_PROCESSOR_H
#define TOOLS_KVMEXIT_PROCESSOR_H

enum { KVMEXIT_VMX = 1, KVMEXIT_SVM = 2 };

#endif
