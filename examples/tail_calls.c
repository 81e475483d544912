/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: tail calls. One program chooses another from a table, which user space fills; it can exchange an
 * entry while everything runs. The chosen program gets the same context, and does not return.
 *
 *   # ./tail_calls 5
 *   getpid: 40, getppid: 2, other system calls: 11802
 */
#include <bcc/bcc.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char text[] = "BPF_PROG_ARRAY(by_number, 512);\n"
			   "u64 getpid_calls, getppid_calls, other_calls;\n"
			   "\n"
			   "RAW_TRACEPOINT_PROBE(sys_enter) /* (struct pt_regs *regs, long number) */\n"
			   "{\n"
			   "	by_number.call(ctx, ctx->args[1]);\n"
			   "	lock_xadd(&other_calls, 1); /* there is no program for this number */\n"
			   "	return 0;\n"
			   "}\n"
			   "\n"
			   "int on_getpid(struct bpf_raw_tracepoint_args *ctx)\n"
			   "{\n"
			   "	lock_xadd(&getpid_calls, 1);\n"
			   "	return 0;\n"
			   "}\n"
			   "\n"
			   "int on_getppid(struct bpf_raw_tracepoint_args *ctx)\n"
			   "{\n"
			   "	lock_xadd(&getppid_calls, 1);\n"
			   "	return 0;\n"
			   "}\n";

static int put(struct bcc *b, uint32_t number, const char *program)
{
	int fd = bcc_program_load(bcc_program_find(b, program), BPF_PROG_TYPE_RAW_TRACEPOINT, NULL);

	if (fd < 0)
		return fd;
	return bcc_table_set(bcc_table_find(b, "by_number"), &number, sizeof(number), &fd, sizeof(fd), 0);
}

static unsigned long long value_of(struct bcc *b, const char *variable)
{
	uint64_t value = 0;

	bcc_variable_get(bcc_variable_find(b, variable), &value, sizeof(value));
	return value;
}

int main(int argc, char **argv)
{
	struct bcc *b;
	int ret;

	ret = bcc_open_text(text, NULL, &b);
	if (ret < 0)
		goto out;
	ret = put(b, SYS_getpid, "on_getpid");
	if (ret < 0)
		goto out;
	ret = put(b, SYS_getppid, "on_getppid");
	if (ret < 0)
		goto out;
	ret = bcc_attach_all(b);
	if (ret < 0)
		goto out;
	printf("Counting... \n");
	fflush(stdout);
	sleep(argc > 1 ? atoi(argv[1]) : 1);
	printf("getpid: %llu, getppid: %llu, other system calls: %llu\n", value_of(b, "getpid_calls"),
		value_of(b, "getppid_calls"), value_of(b, "other_calls"));
out:
	if (ret < 0)
		fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return ret < 0;
}
