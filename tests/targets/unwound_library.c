/* SPDX-License-Identifier: Apache-2.0 */
#include "unwound.h"

static volatile int called;

__attribute__((noinline, visibility("default"))) void unwound_call(void (*function)(void))
{
	function();
	called++;
}
