/* SPDX-License-Identifier: Apache-2.0 */
/* Nothing of tplist runs in the kernel. */
