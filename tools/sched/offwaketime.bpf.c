/* SPDX-License-Identifier: Apache-2.0 */
#define OFFCPU_WAKER
#include "offcpu.bpf.h"
