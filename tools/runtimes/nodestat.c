/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "nodestat"
#define RUNTIME_LANGUAGE "node"
#include "ustat.c"
