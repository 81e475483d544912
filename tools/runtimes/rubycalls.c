/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "rubycalls"
#define RUNTIME_LANGUAGE "ruby"
#include "ucalls.c"
