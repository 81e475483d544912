/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "perlstat"
#define RUNTIME_LANGUAGE "perl"
#include "ustat.c"
