/* SPDX-License-Identifier: Apache-2.0 */
/* Nothing of bpflist runs in the kernel. */
