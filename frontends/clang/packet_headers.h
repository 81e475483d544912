/* SPDX-License-Identifier: Apache-2.0 */
/* Structs that are packet headers: makes accesses to their fields visible to the rewriter. */
#ifndef FRONTENDS_CLANG_PACKET_HEADERS_H
#define FRONTENDS_CLANG_PACKET_HEADERS_H

#include <clang/AST/Decl.h>

namespace bcc
{

// Makes clang mark each access to a field of `tag`, if that has BPF_PACKET_HEADER, with the field's number in
// debug information (llvm.preserve.struct.access.index). The attribute for that is only available for the BPF
// target, which a text that is parsed with the kernel's headers does not have.
void mark_packet_header(clang::TagDecl &tag);

} // namespace bcc

#endif
