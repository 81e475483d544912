/* SPDX-License-Identifier: Apache-2.0 */
/* By which alone a program shows its dialect. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
