/* SPDX-License-Identifier: Apache-2.0 */
#define OFFCPU_WAKER
#define OFFCPU_ASLEEP
#include "offcpu.bpf.h"
