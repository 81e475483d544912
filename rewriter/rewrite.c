/* SPDX-License-Identifier: Apache-2.0 */
#include "common/array.h"
#include "diagnostics.h"
#include "ir.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <llvm-c/Analysis.h>

static int rewrite_verify(struct rewriter *r, const char *after)
{
	char *message = NULL;
	int ret = 0;

	if (LLVMVerifyModule(r->module, LLVMReturnStatusAction, &message))
		ret = bcc_fail(r->err, -EFAULT, "internal error: broken IR after %s: %s", after, message);
	LLVMDisposeMessage(message);
	return ret;
}

/* Of the module that this thread rewrites, or rewrote last. */
static _Thread_local bool rewrite_relocates;

static bool rewrite_has_relocations(struct rewriter *r)
{
	for (LLVMValueRef f = LLVMGetFirstFunction(r->module); f; f = LLVMGetNextFunction(f)) {
		size_t length;
		const char *name = LLVMGetValueName2(f, &length);

		if (LLVMGetFirstUse(f) && (!strncmp(name, "llvm.preserve.", 14) ||
						  !strncmp(name, "llvm.bpf.preserve.field.", 24)))
			return true;
	}
	return false;
}

/* LLVM's BPFAbstractMemberAccess remembers by name, for the life of the process, the variables that it has
 * made, and finds those of modules that are gone. */
static int rewrite_claim_relocations(struct rewriter *r)
{
	static atomic_flag claimed = ATOMIC_FLAG_INIT;

	rewrite_relocates = rewrite_has_relocations(r);
	if (!rewrite_relocates || !atomic_flag_test_and_set(&claimed))
		return 0;
	return bcc_fail(r->err, -EBUSY,
		"LLVM can compile only one text with relocations by types (preserve_access_index, BPF_CORE_READ()) in a process, "
		"and this one has: leave the others to a process of their own (BCC_COMPILER_CHILD)");
}

bool bcc_rewrite_had_relocations(void)
{
	return rewrite_relocates;
}

/* LLVM joins comparisons into one where it comes upon them before it has threaded the jumps between them. BPF
 * makes a branch of each all the same, which sets a register, and the verifier follows all combinations of
 * such registers: a program that compares a string with many words, one after the other, is followed several
 * times over. So the jumps of large functions are threaded first; in small ones it does not matter.
 * Relocations would not survive it: the pass that makes them of calls to intrinsics has to be the first. */
#define LARGE_FUNCTION 100 /* blocks */
#define LARGE_PASSES                                                                                         \
	"function(sroa,loop(loop-unroll-full),early-cse,jump-threading,gvn,jump-threading),default<O2>"

/* Numbering values and following what is known of them, which the second level adds, take the square of the
 * blocks and more: minutes for some thousand of them.
 * A row of comparisons of one value becomes a switch for each of them at the first level, each with all cases
 * of those below it: 400 of them exceed what a BPF jump reaches. Threading the jumps first, which the second
 * level does too, leaves one way through. */
#define VAST_FUNCTION 1500 /* blocks */
#define VAST_PASSES "function(simplifycfg,sroa,early-cse,simplifycfg,jump-threading,simplifycfg),default<O1>"

static const char *rewrite_optimising_passes(struct rewriter *r)
{
	unsigned largest = 0;

	for (LLVMValueRef f = LLVMGetFirstFunction(r->module); f; f = LLVMGetNextFunction(f)) {
		unsigned blocks = LLVMCountBasicBlocks(f);

		if (blocks > largest)
			largest = blocks;
	}
	if (largest > VAST_FUNCTION)
		return VAST_PASSES;
	return largest > LARGE_FUNCTION && !rewrite_relocates ? LARGE_PASSES : "default<O2>";
}

/* What of the text's relocations is left here, the back end sees: packets' headers have none any more. */
static int rewrite_optimise(struct rewriter *r)
{
	int ret = rewrite_claim_relocations(r);

	return ret ? ret : ir_run(r, rewrite_optimising_passes(r));
}

/* LLVM's own way, as if clang had been called. */
static int optimise_only(struct rewriter *r)
{
	int ret = bcc_check_sizes(r);

	for (LLVMValueRef f = LLVMGetFirstFunction(r->module); f; f = LLVMGetNextFunction(f))
		ir_remove_attribute(f, "optnone");
	bcc_relax_accesses(r);
	if (!ret)
		ret = rewrite_verify(r, "parsing");
	if (!ret)
		ret = rewrite_optimise(r);
	if (!ret)
		ret = bcc_expand_bit_counts(r);
	if (ret)
		return ret;
	bcc_expand_pointer_differences(r);
	bcc_expand_signed_divisions(r);
	bcc_align_numbers(r);
	ret = bcc_prefix_sections(r);
	return ret ? ret : bcc_check(r);
}

static int run_passes(struct rewriter *r)
{
	static const struct {
		const char *name;
		int (*run)(struct rewriter *r);
	} passes[] = {
		{"checks of sizes", bcc_check_sizes},
		{"inlining", bcc_prepare},
		{"filling of padding", bcc_fill_padding},
		{"argument expansion", bcc_expand_arguments},
		{"packet rewriting", bcc_rewrite_packets},
		{"read rewriting", bcc_rewrite_reads},
		{"copies of the context", bcc_expand_context_copies},
		{"alignment of copies", bcc_align_large_copies},
		{"section placement", bcc_place_sections},
		{"counting of refused events", bcc_count_refused_events},
	};
	int ret;

	for (size_t i = 0; i < ARRAY_SIZE(passes); i++) {
		ret = passes[i].run(r);
#ifndef NDEBUG
		if (!ret)
			ret = rewrite_verify(r, passes[i].name);
#endif
		if (ret)
			return ret;
	}
	/* an optimised build verifies once per text; a debug build names the pass */
	ret = rewrite_verify(r, "rewriting");
	if (ret)
		return ret;
	bcc_tell_read_numbers(r);
	ret = rewrite_optimise(r);
	if (!ret)
		ret = bcc_expand_bit_counts(r); /* those that O2 makes, too */
	if (ret)
		return ret;
	bcc_expand_pointer_differences(r);
	bcc_expand_signed_divisions(r);
	bcc_lower_copy_alignment(r);
	bcc_align_numbers(r);
	return bcc_check(r);
}

int bcc_rewrite(LLVMModuleRef module, const struct bcc_rewrite_opts *opts, struct bcc_err *err)
{
	struct rewriter r = {.module = module, .opts = opts, .err = err};
	LLVMContextRef context = LLVMGetModuleContext(module);
	LLVMDiagnosticHandler old_handler = LLVMContextGetDiagnosticHandler(context);
	void *old_handler_context = LLVMContextGetDiagnosticContext(context);
	struct diagnostics diagnostics = {0};
	char *triple;
	int ret;

	r.machine = ir_machine(err);
	if (!r.machine)
		return -EFAULT;
	r.context = context;
	r.layout = LLVMCreateTargetDataLayout(r.machine);
	r.builder = LLVMCreateBuilderInContext(r.context);
	triple = LLVMGetTargetMachineTriple(r.machine);
	LLVMSetTarget(module, triple);
	LLVMDisposeMessage(triple);
	LLVMSetModuleDataLayout(module, r.layout);
	diagnostics_collect(&diagnostics, context);
	rewrite_relocates = false;
	ret = opts->libbpf ? optimise_only(&r) : run_passes(&r);
	if (!ret && diagnostics.text)
		ret = bcc_fail(err, -EINVAL, "%s", diagnostics.text);
	free(diagnostics.text);
	LLVMContextSetDiagnosticHandler(context, old_handler, old_handler_context);
	LLVMDisposeBuilder(r.builder);
	LLVMDisposeTargetData(r.layout);
	ir_leave_machine(r.machine);
	return ret;
}
