/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "perlflow"
#define RUNTIME_LANGUAGE "perl"
#include "uflow.c"
