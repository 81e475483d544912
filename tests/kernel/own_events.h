/* SPDX-License-Identifier: Apache-2.0 */
/* Events that a test makes on purpose, on any kernel: a system call that nobody else makes in this process,
 * with a number. */
#ifndef TESTS_KERNEL_OWN_EVENTS_H
#define TESTS_KERNEL_OWN_EVENTS_H

#include "testlib.h"

#include <sys/syscall.h>

/* `call` fails with `code` and a message that contains `part`. */
#define expect_fails(b, call, code, part)                                                                    \
	do {                                                                                                 \
		expect_return(b, call, code);                                                                \
		expect_sentence(b, part);                                                                    \
	} while (0)

/* The system call's number, for texts. */
#define OWN_CALL OWN_CALL_(SYS_getpgid)
#define OWN_CALL_(number) OWN_CALL__(number)
#define OWN_CALL__(number) #number

/* Opens `before` (tables and functions) and runs `statements` at each test_event(n); they can use `n` and the
 * program's `ctx`. Raw tracepoints exist in every kernel. */
static inline struct bcc *open_own_events(const char *before, const char *statements)
{
	char *text;
	struct bcc *b;

	assert_true(
		asprintf(&text,
			"#include <uapi/linux/ptrace.h>\n%s\n"
			"RAW_TRACEPOINT_PROBE(sys_enter) {\n"
			"  if (bpf_get_current_pid_tgid() >> 32 != PID || ctx->args[1] != " OWN_CALL
			") return 0;\n"
			"  u64 n = PT_REGS_PARM1((struct pt_regs *)ctx->args[0]);\n  %s\n  return 0;\n}\n",
			before, statements) > 0);
	b = open_test_text(text, NULL);
	expect_return(b, bcc_attach_all(b), 1);
	free(text);
	return b;
}

static inline void own_event(uint64_t n)
{
	syscall(SYS_getpgid, n);
}

static inline struct bcc_table *table_of(struct bcc *b, const char *name)
{
	struct bcc_table *t = bcc_table_find(b, name);

	assert_non_null(t);
	return t;
}

#endif
