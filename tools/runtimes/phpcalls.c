/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "phpcalls"
#define RUNTIME_LANGUAGE "php"
#include "ucalls.c"
