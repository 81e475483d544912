/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "rubygc"
#define RUNTIME_LANGUAGE "ruby"
#include "ugc.c"
