/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "javagc"
#define RUNTIME_LANGUAGE "java"
#include "ugc.c"
