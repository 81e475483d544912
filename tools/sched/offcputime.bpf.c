/* SPDX-License-Identifier: Apache-2.0 */
#include "offcpu.bpf.h"
