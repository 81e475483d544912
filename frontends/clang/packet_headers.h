/* SPDX-License-Identifier: Apache-2.0 */
/* Structs that are packet headers: how the rewriter gets to see accesses to their fields. */
#ifndef FRONTENDS_CLANG_PACKET_HEADERS_H
#define FRONTENDS_CLANG_PACKET_HEADERS_H

#include <clang/AST/Decl.h>

namespace bcc
{

// Has clang mark each access to a field of `tag`, when BPF_PACKET_HEADER stands behind it, with the field's number in
// debug information (llvm.preserve.struct.access.index). The attribute for that can be written for the BPF
// target only, and a text that is parsed with the kernel's headers has another.
void mark_packet_header(clang::TagDecl &tag);

} // namespace bcc

#endif
