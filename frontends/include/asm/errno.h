/* SPDX-License-Identifier: Apache-2.0 */
#include "bcc/errno.h"
