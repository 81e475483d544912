/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "rubyflow"
#define RUNTIME_LANGUAGE "ruby"
#include "uflow.c"
