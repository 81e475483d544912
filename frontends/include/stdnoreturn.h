/* SPDX-License-Identifier: Apache-2.0 */
/* As clang's own header. */
#pragma once

#define noreturn _Noreturn
#define __noreturn_is_defined 1
