/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_ATTACH_UPROBE_H
#define LIBBCC_ATTACH_UPROBE_H

#include "libbcc/handle.h"
#include "probe_pmu.h"

/* Opens a disabled event for the probe. Returns a descriptor, or a negative errno with the error recorded. */
int bcc_uprobe_event(struct bcc *b, const struct bcc_probe_request *request);

#endif
