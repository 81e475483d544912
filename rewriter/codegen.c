/* SPDX-License-Identifier: Apache-2.0 */
/* IR → ELF object and assembly, by LLVM's BPF back end, whatever happens in there. */
#include "ir.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <llvm-c/ErrorHandling.h>

static void initialise(void)
{
	LLVMInitializeBPFTargetInfo();
	LLVMInitializeBPFTarget();
	LLVMInitializeBPFTargetMC();
	LLVMInitializeBPFAsmPrinter();
	LLVMInitializeBPFAsmParser();
}

LLVMTargetMachineRef ir_machine(struct bcc_err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	LLVMTargetRef target;
	LLVMTargetMachineRef machine = NULL;
	char *message = NULL;

	pthread_once(&once, initialise);
	if (LLVMGetTargetFromTriple("bpfel", &target, &message)) {
		bcc_fail(err, -EFAULT, "internal error: this LLVM has no BPF target: %s", message);
		LLVMDisposeMessage(message);
		return NULL;
	}
	/* v3: 32-bit registers and jumps, which kernels have since 5.1 */
	machine = LLVMCreateTargetMachine(
		target, "bpfel", "v3", "", LLVMCodeGenLevelDefault, LLVMRelocDefault, LLVMCodeModelDefault);
	if (!machine)
		bcc_fail(err, -EFAULT, "internal error: LLVM cannot generate code for BPF");
	return machine;
}

/* What the back end complains about while it works. */
struct diagnostics {
	char *text;
};

static void add_diagnostic(struct diagnostics *d, const char *text)
{
	char *all;

	if ((d->text && strstr(d->text, text)) ||
		asprintf(&all, "%s%s%s", d->text ? d->text : "", d->text ? "\n" : "", text) < 0)
		return;
	free(d->text);
	d->text = all;
}

/* "file.c:17:91: in function NAME TYPE: reason" as the other errors are, one a function and reason. */
static void add_unsupported(struct diagnostics *d, const char *text)
{
	const char *in = strstr(text, ": in function "), *reason, *name_end;
	char line[1024];
	int place;

	if (!in)
		return add_diagnostic(d, text);
	in += 2;
	name_end = strchrnul(in + strlen("in function "), ' ');
	reason = strstr(name_end, "): ");
	if (!reason)
		return add_diagnostic(d, text);
	/* of a variable that the compiler made, or of the whole function, there is no line */
	place = strstr(text, ":0:") && strstr(text, ":0:") < in ? 0 : in - text;
	if (strstr(reason, "stack limit"))
		reason =
			"): its variables need more than the 512 bytes of stack that BPF has; keep large ones in a table "
			"(BPF_PERCPU_ARRAY)";
	snprintf(
		line, sizeof(line), "%.*serror: %.*s: %s", place, text, (int)(name_end - in), in, reason + 3);
	line[strcspn(line, "\n")] = '\0';
	/* further ones of the same function say the same at other lines */
	if (d->text && strstr(d->text, strstr(line, "error: ")))
		return;
	add_diagnostic(d, line);
}

static void on_diagnostic(LLVMDiagnosticInfoRef info, void *context)
{
	char *text;

	if (LLVMGetDiagInfoSeverity(info) != LLVMDSError)
		return;
	text = LLVMGetDiagInfoDescription(info);
	add_unsupported(context, text);
	LLVMDisposeMessage(text);
}

/*
 * LLVM ends the process after a fatal error unless its handler does not return. The thread that generates
 * code leaves through this; what LLVM had allocated is lost then. Other threads' fatal errors (of other users
 * of LLVM in the process) take the usual way.
 */
static __thread jmp_buf *fatal_exit;
static __thread struct diagnostics *fatal_diagnostics;

static void on_fatal_error(const char *reason)
{
	if (!fatal_exit)
		return;
	add_diagnostic(fatal_diagnostics, reason);
	longjmp(*fatal_exit, 1);
}

static void install_fatal_handler(void)
{
	LLVMInstallFatalErrorHandler(on_fatal_error);
}

static LLVMMemoryBufferRef emit(LLVMModuleRef module, LLVMTargetMachineRef machine, LLVMCodeGenFileType type,
	struct diagnostics *diagnostics)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	LLVMMemoryBufferRef buffer = NULL;
	char *message = NULL;
	jmp_buf exit_point;

	pthread_once(&once, install_fatal_handler);
	if (setjmp(exit_point)) {
		fatal_exit = NULL;
		return NULL;
	}
	fatal_diagnostics = diagnostics;
	fatal_exit = &exit_point;
	if (LLVMTargetMachineEmitToMemoryBuffer(machine, module, type, &message, &buffer)) {
		add_diagnostic(diagnostics, message);
		LLVMDisposeMessage(message);
		buffer = NULL;
	}
	fatal_exit = NULL;
	return buffer;
}

/* The back end changes the module that it reads, so each output has its own copy. */
static int generate(
	LLVMModuleRef module, LLVMCodeGenFileType type, char **out, size_t *size, struct bcc_err *err)
{
	LLVMContextRef context = LLVMGetModuleContext(module);
	LLVMDiagnosticHandler old_handler = LLVMContextGetDiagnosticHandler(context);
	void *old_context = LLVMContextGetDiagnosticContext(context);
	LLVMTargetMachineRef machine = ir_machine(err);
	LLVMMemoryBufferRef buffer;
	struct diagnostics diagnostics = {0};
	LLVMModuleRef copy;
	int ret = 0;

	if (!machine)
		return -EFAULT;
	LLVMSetTargetMachineAsmVerbosity(machine, type == LLVMAssemblyFile);
	copy = LLVMCloneModule(module);
	LLVMContextSetDiagnosticHandler(context, on_diagnostic, &diagnostics);
	buffer = emit(copy, machine, type, &diagnostics);
	LLVMContextSetDiagnosticHandler(context, old_handler, old_context);
	if (!buffer || diagnostics.text) {
		ret = bcc_fail(
			err, -EINVAL, "%s", diagnostics.text ? diagnostics.text : "code generation failed");
	} else {
		*size = LLVMGetBufferSize(buffer);
		*out = malloc(*size + 1);
		if (*out) {
			memcpy(*out, LLVMGetBufferStart(buffer), *size);
			(*out)[*size] = '\0';
		} else {
			ret = bcc_fail(err, -ENOMEM, "no memory for the object");
		}
	}
	free(diagnostics.text);
	if (buffer)
		LLVMDisposeMemoryBuffer(buffer);
	LLVMDisposeModule(copy);
	LLVMDisposeTargetMachine(machine);
	return ret;
}

int bcc_codegen(LLVMModuleRef module, void **elf, size_t *size, char **assembly, struct bcc_err *err)
{
	char *object = NULL, *text = NULL;
	size_t assembly_size;
	int ret = generate(module, LLVMObjectFile, &object, size, err);

	if (!ret && assembly) {
		ret = generate(module, LLVMAssemblyFile, &text, &assembly_size, err);
		*assembly = ret ? NULL : ir_listing(module, text);
		free(text);
	}
	if (ret)
		free(object);
	else
		*elf = object;
	return ret;
}
