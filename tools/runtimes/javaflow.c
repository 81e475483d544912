/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "javaflow"
#define RUNTIME_LANGUAGE "java"
#include "uflow.c"
