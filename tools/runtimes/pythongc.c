/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "pythongc"
#define RUNTIME_LANGUAGE "python"
#include "ugc.c"
