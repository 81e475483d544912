/* SPDX-License-Identifier: Apache-2.0 */
#include "uflow.bpf.c"
