/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "cobjnew"
#define RUNTIME_LANGUAGE "c"
#include "uobjnew.c"
