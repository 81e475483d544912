/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_ARRAY_H
#define COMMON_ARRAY_H

/* How many elements an array has; not of a pointer. */
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
