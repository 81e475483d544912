/* SPDX-License-Identifier: Apache-2.0 */
/* libxdp's names: XDP_RUN_CONFIG() is read by programs that load several programs for one device. */
#pragma once

#include <bpf/bpf_helpers.h>

#define XDP_METADATA_SECTION "xdp_metadata"
#define XDP_DEFAULT_RUN_PRIO 50
#define XDP_DEFAULT_CHAIN_CALL_ACTIONS (1 << XDP_PASS)

#define _CONCAT(x, y) x##y
#define XDP_RUN_CONFIG(function) _CONCAT(_, function) SEC(".xdp_run_config")
