/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "phpflow"
#define RUNTIME_LANGUAGE "php"
#include "uflow.c"
