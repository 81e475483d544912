/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "rubyobjnew"
#define RUNTIME_LANGUAGE "ruby"
#include "uobjnew.c"
