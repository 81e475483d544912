/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "perlcalls"
#define RUNTIME_LANGUAGE "perl"
#include "ucalls.c"
