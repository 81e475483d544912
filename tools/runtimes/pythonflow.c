/* SPDX-License-Identifier: Apache-2.0 */
#define RUNTIME_TOOL "pythonflow"
#define RUNTIME_LANGUAGE "python"
#include "uflow.c"
