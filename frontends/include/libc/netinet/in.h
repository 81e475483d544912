/* SPDX-License-Identifier: Apache-2.0 */
/* What of the C library's header has a meaning in BPF. */
#pragma once

#include <linux/in.h>
#include <linux/in6.h>
#include <arpa/inet.h>
