/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_TARGETS_UNWOUND_H
#define TESTS_TARGETS_UNWOUND_H

/* In a library. */
void unwound_call(void (*function)(void));

#endif
