/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "nodegc"
#define RUNTIME_LANGUAGE "node"
#include "ugc.c"
