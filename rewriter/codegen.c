/* SPDX-License-Identifier: Apache-2.0 */
/* IR → ELF object and assembly, by LLVM's BPF back end, surviving its fatal errors. */
#include "diagnostics.h"
#include "fatal_errors.h"
#include "ir.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <llvm-c/BitReader.h>
#include <llvm-c/BitWriter.h>

static void codegen_initialise(void)
{
	LLVMInitializeBPFTargetInfo();
	LLVMInitializeBPFTarget();
	LLVMInitializeBPFTargetMC();
	LLVMInitializeBPFAsmPrinter();
	LLVMInitializeBPFAsmParser();
}

/* Creating one costs LLVM a million instructions, a hundredth of a compilation: the rewriter leaves its own
 * here for the code generation that follows. */
static LLVMTargetMachineRef left_machine;

LLVMTargetMachineRef ir_machine(struct bcc_err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	LLVMTargetRef target;
	LLVMTargetMachineRef machine = __atomic_exchange_n(&left_machine, NULL, __ATOMIC_ACQ_REL);
	char *message = NULL;

	if (machine)
		return machine;
	pthread_once(&once, codegen_initialise);
	if (LLVMGetTargetFromTriple("bpfel", &target, &message)) {
		bcc_fail(err, -EFAULT, "internal error: this LLVM has no BPF target: %s", message);
		LLVMDisposeMessage(message);
		return NULL;
	}
	/* v3: 32-bit registers and jumps (Linux 5.1) */
	machine = LLVMCreateTargetMachine(
		target, "bpfel", "v3", "", LLVMCodeGenLevelDefault, LLVMRelocDefault, LLVMCodeModelDefault);
	if (!machine)
		bcc_fail(err, -EFAULT, "internal error: LLVM cannot generate code for BPF");
	return machine;
}

void ir_leave_machine(LLVMTargetMachineRef machine)
{
	machine = __atomic_exchange_n(&left_machine, machine, __ATOMIC_ACQ_REL);
	if (machine)
		LLVMDisposeTargetMachine(machine);
}

/* One output of the back end. */
struct output {
	LLVMContextRef context; /* context of the module: of the copy, or the caller's */
	LLVMModuleRef module;
	LLVMTargetMachineRef machine;
	LLVMMemoryBufferRef buffer; /* the result */
	struct diagnostics diagnostics;
	bool broken; /* after a fatal error none of LLVM's objects can be freed: they may be half-made */
};

/* The back end changes the module it reads: if the module is needed afterwards, it works on a copy. */
static int output_copy(struct output *o, LLVMModuleRef module, struct bcc_err *err)
{
	LLVMMemoryBufferRef bitcode = LLVMWriteBitcodeToMemoryBuffer(module);
	int failed;

	o->context = LLVMContextCreate();
	failed = LLVMParseBitcodeInContext2(o->context, bitcode, &o->module);
	LLVMDisposeMemoryBuffer(bitcode);
	return failed ? bcc_fail(err, -EFAULT, "internal error: the module cannot be copied") : 0;
}

static void output_free_copy(struct output *o)
{
	if (o->broken)
		return;
	if (o->module)
		LLVMDisposeModule(o->module);
	LLVMContextDispose(o->context);
}

struct emission {
	struct output *output;
	LLVMCodeGenFileType type;
};

static void run_back_end(void *ctx)
{
	struct emission *e = ctx;
	struct output *o = e->output;
	char *message = NULL;

	if (LLVMTargetMachineEmitToMemoryBuffer(o->machine, o->module, e->type, &message, &o->buffer)) {
		diagnostics_add(&o->diagnostics, message);
		LLVMDisposeMessage(message);
		o->buffer = NULL;
	}
}

static void codegen_emit(struct output *o, LLVMCodeGenFileType type)
{
	struct emission e = {o, type};
	char reason[512], line[640];

	if (bcc_survive_fatal_errors(run_back_end, &e, reason, sizeof(reason)))
		return;
	o->broken = true;
	o->buffer = NULL;
	snprintf(line, sizeof(line), "error: LLVM cannot generate BPF code for this text: %s", reason);
	diagnostics_add(&o->diagnostics, line);
}

static int take_result(struct output *o, char **out, size_t *size, struct bcc_err *err)
{
	if (o->diagnostics.text || !o->buffer)
		return bcc_fail(err, -EINVAL, "%s",
			o->diagnostics.text ? o->diagnostics.text : "code generation failed");
	*size = LLVMGetBufferSize(o->buffer);
	*out = malloc(*size + 1);
	if (!*out)
		return bcc_fail(err, -ENOMEM, "out of memory for the object");
	memcpy(*out, LLVMGetBufferStart(o->buffer), *size);
	(*out)[*size] = '\0';
	return 0;
}

static int codegen_generate(
	struct output *o, LLVMCodeGenFileType type, char **out, size_t *size, struct bcc_err *err)
{
	LLVMDiagnosticHandler old_handler = LLVMContextGetDiagnosticHandler(o->context);
	void *old_handler_context = LLVMContextGetDiagnosticContext(o->context);
	int ret;

	o->machine = ir_machine(err);
	if (!o->machine)
		return -EFAULT;
	diagnostics_collect(&o->diagnostics, o->context);
	LLVMSetTargetMachineAsmVerbosity(o->machine, type == LLVMAssemblyFile);
	codegen_emit(o, type);
	ret = take_result(o, out, size, err);
	free(o->diagnostics.text);
	LLVMContextSetDiagnosticHandler(o->context, old_handler, old_handler_context);
	if (o->broken)
		return ret;
	if (o->buffer)
		LLVMDisposeMemoryBuffer(o->buffer);
	LLVMDisposeTargetMachine(o->machine);
	return ret;
}

static int generate_listing(LLVMModuleRef module, char **listing, struct bcc_err *err)
{
	struct output o = {0};
	char *text = NULL;
	size_t size;
	int ret = output_copy(&o, module, err);

	if (!ret)
		ret = codegen_generate(&o, LLVMAssemblyFile, &text, &size, err);
	output_free_copy(&o);
	*listing = ret ? NULL : ir_listing(module, text);
	free(text);
	return ret;
}

int bcc_codegen(
	LLVMModuleRef module, void **elf, size_t *size, char **assembly, bool *broken, struct bcc_err *err)
{
	struct output o = {.context = LLVMGetModuleContext(module), .module = module};
	char *object = NULL;
	int ret = assembly ? generate_listing(module, assembly, err) : 0;

	if (!ret)
		ret = codegen_generate(&o, LLVMObjectFile, &object, size, err);
	if (ret && assembly) {
		free(*assembly);
		*assembly = NULL;
	}
	*broken = o.broken;
	*elf = object;
	return ret;
}
