/* SPDX-License-Identifier: Apache-2.0 */
/* What of the C library's header has a meaning in BPF. */
#pragma once

#include <stddef.h>

#define __BEGIN_DECLS
#define __END_DECLS
#define __THROW
#define __CONCAT(x, y) x##y
#define __STRING(x) #x
