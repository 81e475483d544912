/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "tclstat"
#define RUNTIME_LANGUAGE "tcl"
#include "ustat.c"
