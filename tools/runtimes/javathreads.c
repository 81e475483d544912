/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "javathreads"
#define RUNTIME_LANGUAGE "java"
#include "uthreads.c"
