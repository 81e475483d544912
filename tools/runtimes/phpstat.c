/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "phpstat"
#define RUNTIME_LANGUAGE "php"
#include "ustat.c"
