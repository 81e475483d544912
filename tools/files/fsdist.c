/* SPDX-License-Identifier: Apache-2.0 */
#include "fsdist_tool.h"
