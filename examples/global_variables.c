/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: global variables. A `const volatile` one is an option: it is set before the program is loaded,
 * and code for other values is removed. Others are memory that the program and user space share.
 *
 *   # ./global_variables 4711
 *   process 4711: 318 system calls, 12 failed; the last was number 1
 */
#include <bcc/bcc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char text[] = "const volatile u32 pid; /* 0: all processes */\n"
			   "u64 calls, failures;\n"
			   "s64 last_call;\n"
			   "\n"
			   "RAW_TRACEPOINT_PROBE(sys_enter) /* (struct pt_regs *regs, long number) */\n"
			   "{\n"
			   "	if (pid && bpf_get_current_pid_tgid() >> 32 != pid)\n"
			   "		return 0;\n"
			   "	lock_xadd(&calls, 1);\n"
			   "	last_call = ctx->args[1];\n"
			   "	return 0;\n"
			   "}\n"
			   "\n"
			   "RAW_TRACEPOINT_PROBE(sys_exit) /* (struct pt_regs *regs, long ret) */\n"
			   "{\n"
			   "	if (pid && bpf_get_current_pid_tgid() >> 32 != pid)\n"
			   "		return 0;\n"
			   "	if ((s64)ctx->args[1] < 0)\n"
			   "		lock_xadd(&failures, 1);\n"
			   "	return 0;\n"
			   "}\n";

int main(int argc, char **argv)
{
	uint32_t pid = argc == 2 ? atoi(argv[1]) : 0;
	uint64_t calls = 0, failures = 0;
	int64_t last_call = 0;
	struct bcc *b = NULL;
	int ret;

	if (!pid) {
		fprintf(stderr, "usage: %s PID\n", argv[0]);
		return 2;
	}
	/* deferred: what is constant to the program can be set until bcc_create() */
	ret = bcc_open_text(text, &BCC_OPTS(struct bcc_open_opts, .deferred = true), &b);
	if (ret < 0)
		goto out;
	ret = bcc_variable_set(bcc_variable_find(b, "pid"), &pid, sizeof(pid));
	if (ret < 0)
		goto out;
	ret = bcc_create(b);
	if (ret < 0)
		goto out;
	ret = bcc_attach_all(b);
	if (ret < 0)
		goto out;
	for (;;) {
		sleep(1);
		ret = bcc_variable_get(bcc_variable_find(b, "calls"), &calls, sizeof(calls));
		if (ret < 0)
			goto out;
		bcc_variable_get(bcc_variable_find(b, "failures"), &failures, sizeof(failures));
		bcc_variable_get(bcc_variable_find(b, "last_call"), &last_call, sizeof(last_call));
		printf("process %u: %llu system calls, %llu failed; the last was number %lld\n", pid,
			(unsigned long long)calls, (unsigned long long)failures, (long long)last_call);
		fflush(stdout);
	}
out:
	if (ret < 0)
		fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return ret < 0;
}
