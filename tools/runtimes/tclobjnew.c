/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "tclobjnew"
#define RUNTIME_LANGUAGE "tcl"
#include "uobjnew.c"
