// SPDX-License-Identifier: Apache-2.0
// What BCC's C++ API shows while it compiles and loads.
#pragma once

#include "bcc_common.h"
#include "bcc_exception.h"

namespace ebpf
{

enum {
	DEBUG_LLVM_IR = 0x1,
	DEBUG_BPF = 0x2,		 // the verifier's log
	DEBUG_PREPROCESSOR = 0x4,	 // the text as the compiler sees it
	DEBUG_SOURCE = 0x8,		 // BPF instructions
	DEBUG_BPF_REGISTER_STATE = 0x10, // the verifier's log with the registers' states
	DEBUG_BTF = 0x20,
};

} // namespace ebpf
