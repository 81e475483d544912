/* SPDX-License-Identifier: Apache-2.0 */
/* What of the C library's header has a meaning in BPF. */
#pragma once

#include <stddef.h>
