/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "javacalls"
#define RUNTIME_LANGUAGE "java"
#include "ucalls.c"
