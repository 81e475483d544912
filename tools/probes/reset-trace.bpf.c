/* SPDX-License-Identifier: Apache-2.0 */
/* Nothing of reset-trace runs in the kernel. */
