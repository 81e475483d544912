/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "tclcalls"
#define RUNTIME_LANGUAGE "tcl"
#include "ucalls.c"
