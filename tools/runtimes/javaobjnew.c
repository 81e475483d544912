/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "javaobjnew"
#define RUNTIME_LANGUAGE "java"
#include "uobjnew.c"
