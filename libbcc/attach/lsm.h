/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBBCC_ATTACH_LSM_H
#define LIBBCC_ATTACH_LSM_H

/* Unless the BPF LSM is active, programs load and attach but are never called. 1: active, 0: not, -1:
 * unknown. */
int bcc_lsm_is_active(void);

#endif
