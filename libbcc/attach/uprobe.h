/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_ATTACH_UPROBE_H
#define LIBBCC_ATTACH_UPROBE_H

#include "libbcc/handle.h"
#include "probe_pmu.h"

/* A disabled event for the probe, or a negative errno with the sentence recorded. */
int bcc_uprobe_event(struct bcc *b, const struct bcc_probe_request *request);

#endif
