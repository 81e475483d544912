/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "pythonstat"
#define RUNTIME_LANGUAGE "python"
#include "ustat.c"
