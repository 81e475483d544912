/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "pythoncalls"
#define RUNTIME_LANGUAGE "python"
#include "ucalls.c"
