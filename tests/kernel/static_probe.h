/* SPDX-License-Identifier: Apache-2.0 */
/* Static probes as <sys/sdt.h> makes them, but with arguments as the test writes them: the notes contain what
 * the test wants. */
#ifndef TESTS_KERNEL_STATIC_PROBE_H
#define TESTS_KERNEL_STATIC_PROBE_H

/* For asm statements: a nop, and its note. `semaphore`: "0" or a symbol. */
#define STATIC_PROBE(provider, name, semaphore, arguments)                                                   \
	"990:	nop\n"                                                                                         \
	"	.pushsection .note.stapsdt,\"?\",\"note\"\n"                                                       \
	"	.balign 4\n"                                                                                       \
	"	.4byte 992f-991f, 994f-993f, 3\n"                                                                  \
	"991:	.asciz \"stapsdt\"\n"                                                                          \
	"992:	.balign 4\n"                                                                                   \
	"993:	.8byte 990b\n"                                                                                 \
	"	.8byte _.stapsdt.base\n"                                                                           \
	"	.8byte " semaphore "\n"                                                                      \
	"	.asciz \"" provider "\"\n"                                                                   \
	"	.asciz \"" name "\"\n"                                                                       \
	"	.asciz \"" arguments "\"\n"                                                                  \
	"994:	.balign 4\n"                                                                                   \
	"	.popsection\n"                                                                                     \
	"	.ifndef _.stapsdt.base\n"                                                                          \
	"	.pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n"                             \
	"	.weak _.stapsdt.base\n"                                                                            \
	"	.hidden _.stapsdt.base\n"                                                                          \
	"_.stapsdt.base: .space 1\n"                                                                         \
	"	.size _.stapsdt.base, 1\n"                                                                         \
	"	.popsection\n"                                                                                     \
	"	.endif\n"

/* What arguments are written with: two registers, whole and their low 32 bits, and numbers. */
#if defined(__x86_64__)
#define STATIC_PROBE_ONE "r12"
#define STATIC_PROBE_ONE_64 "%%r12"
#define STATIC_PROBE_ONE_32 "%%r12d"
#define STATIC_PROBE_TWO "r13"
#define STATIC_PROBE_TWO_64 "%%r13"
#define STATIC_PROBE_NUMBER(number) "$" #number
#elif defined(__aarch64__)
#define STATIC_PROBE_ONE "x19"
#define STATIC_PROBE_ONE_64 "x19"
#define STATIC_PROBE_ONE_32 "w19"
#define STATIC_PROBE_TWO "x20"
#define STATIC_PROBE_TWO_64 "x20"
#define STATIC_PROBE_NUMBER(number) #number
#endif

/* A counter of listeners that the notes refer to. */
#define STATIC_PROBE_SEMAPHORE(name)                                                                         \
	volatile unsigned short name __attribute__((section(".probes"), visibility("hidden"), used))

#endif
