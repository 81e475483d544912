/* SPDX-License-Identifier: Apache-2.0 */
/* Macros that depend on how many arguments they get. */
#pragma once

/* A macro is not expanded within itself: each level of the macros that use each other has its own. */
#define __bcc_join(a, b) __bcc_join_now(a, b)
#define __bcc_join_now(a, b) a##b
#define __bcc_join_program(a, b) __bcc_join_program_now(a, b)
#define __bcc_join_program_now(a, b) a##b
#define __bcc_join_read(a, b) __bcc_join_read_now(a, b)
#define __bcc_join_read_now(a, b) a##b
#define __bcc_17th(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, ...) a17
/* 0 to 15 */
#define __bcc_count(...)                                                                                             \
	__bcc_17th(_, ##__VA_ARGS__, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
