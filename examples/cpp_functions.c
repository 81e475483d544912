/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: functions of C++. Their names in the file are mangled ("_ZN5stack4pushEi"), so a regular
 * expression finds them; the program counts by address, and the library's symbols have the names as they were
 * written.
 *
 *   # ./cpp_functions 4711 '^_ZN5stack' 5
 *   3 functions
 *        COUNT FUNCTION
 *           12 stack::push(int)
 *            4 stack::pop()
 */
#include <bcc/bcc.h>
#include <bcc/symbols.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char text[] = "BPF_HASH(counts, u64, u64);\n"
			   "\n"
			   "int count(struct pt_regs *ctx)\n"
			   "{\n"
			   "	counts.increment(PT_REGS_IP(ctx));\n"
			   "	return 0;\n"
			   "}\n";

static int print(void *ctx, const void *key, const void *value)
{
	struct bcc_symbol_info info;
	bool known = !bcc_symbols_resolve(ctx, *(const uint64_t *)key, &info);

	printf("%10llu %s\n", *(const unsigned long long *)value, known ? info.name : "?");
	return 0;
}

int main(int argc, char **argv)
{
	struct bcc_multi_opts opts = BCC_OPTS(struct bcc_multi_opts, .pid = argc == 4 ? atoi(argv[1]) : 0);
	struct bcc_symbols *symbols = NULL;
	struct bcc *b = NULL;
	char program[64];
	int ret;

	if (opts.pid <= 0) {
		fprintf(stderr, "usage: %s PID REGEX SECONDS\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	snprintf(program, sizeof(program), "/proc/%d/exe", opts.pid);
	ret = bcc_open_text(text, NULL, &b);
	if (ret >= 0)
		ret = bcc_attach_uprobes(b, "count", program, argv[2], &opts, NULL);
	if (ret < 0)
		goto out;
	printf("%d functions\n", ret);
	sleep(atoi(argv[3]));
	printf("%10s %s\n", "COUNT", "FUNCTION");
	ret = bcc_symbols_open_process(opts.pid, NULL, &symbols);
	if (ret >= 0)
		ret = bcc_table_each(bcc_table_find(b, "counts"), print, symbols);
out:
	if (ret < 0)
		fprintf(stderr, "%s\n", symbols ? bcc_symbols_error(symbols) : bcc_error(b));
	bcc_symbols_close(symbols);
	bcc_close(b);
	return ret < 0;
}
