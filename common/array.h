/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_ARRAY_H
#define COMMON_ARRAY_H

/* Number of elements of an array. Does not work on a pointer. */
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
