/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "rubystat"
#define RUNTIME_LANGUAGE "ruby"
#include "ustat.c"
