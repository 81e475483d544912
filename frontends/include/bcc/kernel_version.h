/* SPDX-License-Identifier: Apache-2.0 */
/* LINUX_VERSION_CODE comes from the compiler's flags; kernel headers, where they are used, have this too. */
#pragma once

#ifndef KERNEL_VERSION
#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))
#endif
