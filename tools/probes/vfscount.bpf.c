/* SPDX-License-Identifier: Apache-2.0 */
#include "funccount.bpf.c"
