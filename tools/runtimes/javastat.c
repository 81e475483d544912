/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "javastat"
#define RUNTIME_LANGUAGE "java"
#include "ustat.c"
