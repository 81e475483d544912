/* SPDX-License-Identifier: Apache-2.0 */
/* What the passes share: the state of one rewriting, and what the LLVM-C API lacks. */
#ifndef REWRITER_IR_H
#define REWRITER_IR_H

#include <llvm-c/Core.h>
#include <llvm-c/DebugInfo.h>
#include <llvm-c/Target.h>
#include <llvm-c/TargetMachine.h>

#include "rewriter.h"

struct rewriter {
	LLVMModuleRef module;
	LLVMContextRef context;
	LLVMTargetMachineRef machine;
	LLVMTargetDataRef layout;
	LLVMBuilderRef builder;
	const struct bcc_rewrite_opts *opts;
	struct bcc_err *err;
};

/* Numbers from enum bpf_func_id of <linux/bpf.h> that the rewriter treats specially. */
enum ir_helper {
	HELPER_MAP_LOOKUP_ELEM = 1,
	HELPER_MAP_UPDATE_ELEM = 2,
	HELPER_MAP_DELETE_ELEM = 3,
	HELPER_PROBE_READ = 4,
	HELPER_SKB_STORE_BYTES = 9,
	HELPER_PERF_EVENT_OUTPUT = 25,
	HELPER_SKB_LOAD_BYTES = 26,
	HELPER_PROBE_READ_STR = 45,
	HELPER_GET_LOCAL_STORAGE = 81,
	HELPER_SK_LOOKUP_TCP = 84,
	HELPER_SK_LOOKUP_UDP = 85,
	HELPER_SK_FULLSOCK = 95,
	HELPER_TCP_SOCK = 96,
	HELPER_GET_LISTENER_SOCK = 98,
	HELPER_SKC_LOOKUP_TCP = 99,
	HELPER_SK_STORAGE_GET = 107,
	HELPER_PROBE_READ_USER = 112,
	HELPER_PROBE_READ_KERNEL = 113,
	HELPER_PROBE_READ_USER_STR = 114,
	HELPER_PROBE_READ_KERNEL_STR = 115,
	HELPER_RINGBUF_OUTPUT = 130,
	HELPER_RINGBUF_RESERVE = 131,
	HELPER_SKC_TO_TCP6_SOCK = 136,
	HELPER_SKC_TO_UDP6_SOCK = 140,
	HELPER_INODE_STORAGE_GET = 145,
	HELPER_PER_CPU_PTR = 153,
	HELPER_THIS_CPU_PTR = 154,
	HELPER_TASK_STORAGE_GET = 156,
	HELPER_GET_CURRENT_TASK_BTF = 158,
	HELPER_SKC_TO_UNIX_SOCK = 178,
	HELPER_FIND_VMA = 180,
	HELPER_XDP_LOAD_BYTES = 189,
	HELPER_XDP_STORE_BYTES = 190,
	HELPER_KPTR_XCHG = 194,
	HELPER_MAP_LOOKUP_PERCPU_ELEM = 195,
	HELPER_SKC_TO_MPTCP_SOCK = 196,
	HELPER_RINGBUF_RESERVE_DYNPTR = 198,
	HELPER_DYNPTR_DATA = 203,
	HELPER_CGRP_STORAGE_GET = 210,
};

/* The number of the helper that a call instruction calls, or 0 if it calls something else. */
long ir_helper_of(LLVMValueRef call);
/* The function that a call instruction calls by name; NULL for a helper, inline assembly or a computed
 * address. */
LLVMValueRef ir_callee(LLVMValueRef call);
bool ir_is_intrinsic(LLVMValueRef function);
/* "llvm.memcpy" for llvm.memcpy.p0.p0.i64 */
bool ir_calls_intrinsic(LLVMValueRef instruction, const char *prefix);

bool ir_has_attribute(LLVMValueRef function, const char *name);
void ir_add_attribute(struct rewriter *r, LLVMValueRef function, const char *name);
void ir_remove_attribute(LLVMValueRef function, const char *name);
/* A defined function that is visible to other objects: a program of the text. */
bool ir_is_program(LLVMValueRef function);
/* A variable or function of the kernel, which the text may read or compare with: common/kernel_symbol.h. */
bool ir_is_kernel_symbol(LLVMValueRef global);

/* The instructions of a function (or the functions of a module) at the time of the call; passes may change
 * them while they iterate. */
struct ir_list {
	LLVMValueRef *at;
	size_t count, room;
};
void ir_list_add(struct ir_list *list, LLVMValueRef value);
void ir_list_free(struct ir_list *list);
struct ir_list ir_instructions(LLVMValueRef function);
struct ir_list ir_functions(LLVMModuleRef module);
#define IR_LIST __attribute__((cleanup(ir_list_free))) struct ir_list

/* Whether a way leads from the beginning of its function to an instruction: before LLVM optimises, there are
 * others, such as the last part of for (;; i++) { break; }. */
bool ir_is_reached(LLVMValueRef instruction);

/* Calls `fn` with each instruction of the module, but for those that it adds to a function itself. It may
 * remove the one that it gets. */
void ir_each_instruction(struct rewriter *r, void (*fn)(struct rewriter *r, LLVMValueRef instruction));

/* A set of pointers, each with a number. */
struct ir_map {
	const void **keys;
	unsigned *values;
	size_t count, room;
};
/* The number of `key`, initially 0; NULL if it is not in the map and `add` is false. Valid until the next
 * addition. */
unsigned *ir_map_at(struct ir_map *map, const void *key, bool add);
void ir_map_free(struct ir_map *map);
#define IR_MAP __attribute__((cleanup(ir_map_free))) struct ir_map

LLVMTypeRef ir_int(struct rewriter *r, unsigned bits);
LLVMTypeRef ir_pointer(struct rewriter *r);
LLVMValueRef ir_const(struct rewriter *r, unsigned bits, unsigned long long value);
/* How many bytes a getelementptr adds; false if that is not constant. */
bool ir_constant_step(struct rewriter *r, LLVMValueRef gep, long long *offset);
/* The pointer from which constant steps lead to `pointer`, and their sum in bytes: fields of one object have
 * one base. */
LLVMValueRef ir_base_of(struct rewriter *r, LLVMValueRef pointer, long long *offset);
LLVMValueRef ir_build_offset(struct rewriter *r, LLVMValueRef base, long long offset);
/* Positions the builder before `instruction`, with its source line. */
void ir_build_before(struct rewriter *r, LLVMValueRef instruction);
/*
 * Splits the block before `at`, and leaves the builder at the end of the first part, which has no terminator
 * yet. The first part is the new block and takes over the predecessors; `at` and the terminator stay in the
 * old block, so that the phis of its successors remain valid.
 */
void ir_cut_before(struct rewriter *r, LLVMValueRef at);
/* Returns 0 from `function`, or nothing if it returns void. */
void ir_build_return_zero(struct rewriter *r, LLVMValueRef function);

/* Records "file:line:col: error: message" and returns -EINVAL; `at` is an instruction or a function, or NULL:
 * no location. */
int ir_fail(struct rewriter *r, LLVMValueRef at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* "file.c:12:3" of an instruction or function into buf, "" if it has no location in the text. */
void ir_place(LLVMValueRef at, char *buf, size_t size);

/* Runs passes by LLVM's textual names. */
int ir_run(struct rewriter *r, const char *passes);
/* A target machine for BPF, or NULL with the error set. */
LLVMTargetMachineRef ir_machine(struct bcc_err *err);
/* Use instead of LLVMDisposeTargetMachine(): the next ir_machine(), in whichever thread, reuses it. */
void ir_leave_machine(LLVMTargetMachineRef machine);
/* The readable part of LLVM's assembly: code with source lines. The caller frees it. */
char *ir_listing(LLVMModuleRef module, const char *assembly);

/* The passes, in the order in which they run; each file describes its pass at the top. */
int bcc_prepare(struct rewriter *r);
/* Relaxed atomic loads and stores become plain ones; bcc_prepare() does that too. */
void bcc_relax_accesses(struct rewriter *r);
int bcc_fill_padding(struct rewriter *r);
int bcc_expand_arguments(struct rewriter *r);
int bcc_rewrite_packets(struct rewriter *r);
int bcc_rewrite_reads(struct rewriter *r);
int bcc_expand_context_copies(struct rewriter *r);
int bcc_align_large_copies(struct rewriter *r);
int bcc_place_sections(struct rewriter *r);
int bcc_prefix_sections(struct rewriter *r);
int bcc_count_refused_events(struct rewriter *r);
int bcc_expand_bit_counts(struct rewriter *r);
void bcc_expand_pointer_differences(struct rewriter *r);
void bcc_expand_signed_divisions(struct rewriter *r);
int bcc_check_sizes(struct rewriter *r);
void bcc_lower_copy_alignment(struct rewriter *r);
void bcc_tell_read_numbers(struct rewriter *r);
void bcc_align_numbers(struct rewriter *r);
int bcc_check(struct rewriter *r);

#endif
