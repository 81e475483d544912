/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "tclflow"
#define RUNTIME_LANGUAGE "tcl"
#include "uflow.c"
