/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: storage that belongs to a thread. It needs no key, no size and no clean-up: the kernel frees it
 * when the thread ends. Here it holds when a system call began.
 *
 *   # ./task_storage 4711 5
 *   slowest system call of 4711: number 230, 1000.1 ms
 */
#include <bcc/bcc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct slowest {
	uint64_t time, number;
};

static const char text[] =
	"struct call {\n"
	"	u64 begin, number;\n"
	"};\n"
	"BPF_TASK_STORAGE(calls, struct call);\n"
	"const volatile u32 pid;\n"
	"struct {\n"
	"	u64 time, number;\n"
	"} slowest;\n"
	"\n"
	"RAW_TRACEPOINT_PROBE(sys_enter)\n"
	"{\n"
	"	struct call *call;\n"
	"\n"
	"	if (bpf_get_current_pid_tgid() >> 32 != pid)\n"
	"		return 0;\n"
	"	call = calls.task_storage_get(bpf_get_current_task_btf(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE);\n"
	"	if (call) {\n"
	"		call->begin = bpf_ktime_get_ns();\n"
	"		call->number = ctx->args[1];\n"
	"	}\n"
	"	return 0;\n"
	"}\n"
	"\n"
	"RAW_TRACEPOINT_PROBE(sys_exit)\n"
	"{\n"
	"	struct call *call;\n"
	"	u64 time;\n"
	"\n"
	"	if (bpf_get_current_pid_tgid() >> 32 != pid)\n"
	"		return 0;\n"
	"	call = calls.task_storage_get(bpf_get_current_task_btf(), 0, 0);\n"
	"	if (!call || !call->begin)\n"
	"		return 0;\n"
	"	time = bpf_ktime_get_ns() - call->begin;\n"
	"	if (time > slowest.time) {\n"
	"		slowest.time = time;\n"
	"		slowest.number = call->number;\n"
	"	}\n"
	"	return 0;\n"
	"}\n";

int main(int argc, char **argv)
{
	uint32_t pid = argc == 3 ? atoi(argv[1]) : 0;
	struct slowest slowest = {0};
	struct bcc *b = NULL;
	int ret;

	if (!pid) {
		fprintf(stderr, "usage: %s PID SECONDS\n", argv[0]);
		return 2;
	}
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
	printf("Tracing...\n");
	fflush(stdout);
	sleep(atoi(argv[2]));
	ret = bcc_variable_get(bcc_variable_find(b, "slowest"), &slowest, sizeof(slowest));
	if (ret >= 0)
		printf("slowest system call of %u: number %llu, %.1f ms\n", pid,
			(unsigned long long)slowest.number, slowest.time / 1e6);
out:
	if (ret < 0)
		fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return ret < 0;
}
