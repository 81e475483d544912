/* SPDX-License-Identifier: Apache-2.0 */
/* The names of xdp-tools' header. */
#pragma once

struct datarec {
	__u64 rx_packets;
	__u64 rx_bytes;
};

#ifndef XDP_ACTION_MAX
#define XDP_ACTION_MAX (XDP_REDIRECT + 1)
#endif
