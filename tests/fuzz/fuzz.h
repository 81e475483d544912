/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the fuzzers. A fuzzer is one function that is called with one input after another (libFuzzer). */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"

/* Returns 0 for any input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold for each input. */
#define REQUIRE(condition)                                                                                   \
	do {                                                                                                 \
		if (!(condition))                                                                            \
			__builtin_trap();                                                                    \
	} while (0)

/* A failure is a negative errno and a message, recorded together; a success records nothing. */
static inline void require_answer(int result, const struct bcc_err *err)
{
	REQUIRE(result >= 0 || (err->code == result && err->text && strlen(err->text) > 10));
}

#endif
