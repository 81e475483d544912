/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "bcc/helper_defs.h"
