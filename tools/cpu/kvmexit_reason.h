/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_KVMEXIT_REASON_H
#define TOOLS_KVMEXIT_REASON_H

#include <stdint.h>

/* What a reason is called, as processors of Intel (KVMEXIT_VMX) and AMD (KVMEXIT_SVM) number them; NULL: it
 * has no name. */
const char *kvmexit_reason(uint32_t processor, uint32_t reason);

#endif
