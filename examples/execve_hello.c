/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: the kernel's function for a system call. Its name differs between architectures and kernels
 * (__x64_sys_execve, __arm64_sys_execve, sys_execve), so bcc_syscall_function() says it. Functions whose
 * names begin with syscall__ get the arguments of the call as their own.
 *
 *   # ./execve_hello
 *   Tracing execve()... Ctrl-C to end.
 *   bash-4711: /usr/bin/ls
 */
#include <bcc/bcc.h>
#include <stdio.h>

static const char text[] = "#include <uapi/linux/ptrace.h>\n"
			   "int syscall__execve(struct pt_regs *ctx, const char __user *filename)\n"
			   "{\n"
			   "	char path[128] = {};\n"
			   "\n"
			   "	bpf_probe_read_user_str(path, sizeof(path), filename);\n"
			   "	bpf_trace_printk(\"%s\\n\", path);\n"
			   "	return 0;\n"
			   "}\n";

int main(void)
{
	struct bcc_trace_fields fields = {.size = sizeof(fields)};
	char function[64];
	struct bcc *b;
	int ret;

	setvbuf(stdout, NULL, _IOLBF, 0);
	ret = bcc_open_text(text, NULL, &b);
	if (ret < 0)
		goto out;
	ret = bcc_syscall_function(b, "execve", function, sizeof(function));
	if (ret < 0)
		goto out;
	ret = bcc_attach_kprobe(b, "syscall__execve", function, NULL, NULL);
	if (ret < 0)
		goto out;
	printf("Tracing execve()... Ctrl-C to end.\n");
	while ((ret = bcc_trace_fields(b, &fields, -1)) > 0)
		printf("%s-%d: %s\n", fields.task, fields.pid, fields.message);
out:
	fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return 1;
}
