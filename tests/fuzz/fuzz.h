/* SPDX-License-Identifier: Apache-2.0 */
/* What the fuzzers share. A fuzzer is one function, called with one input after the other (libFuzzer). */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"

/* 0, whatever comes of the input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold of each input. */
#define REQUIRE(condition)                                                                                   \
	do {                                                                                                 \
		if (!(condition))                                                                            \
			__builtin_trap();                                                                    \
	} while (0)

/* A failure is a negative errno and a sentence, recorded together; a success records nothing. */
static inline void require_answer(int result, const struct bcc_err *err)
{
	REQUIRE(result >= 0 || (err->code == result && err->text && strlen(err->text) > 10));
}

#endif
