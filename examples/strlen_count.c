/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: a uprobe, at a function of a program or library, and a table with strings as keys. The library's
 * name is enough; strlen() is one of those functions that the C library has several of, and chooses at
 * start.
 *
 *   # ./strlen_count 4711 5
 *        COUNT STRING
 *            1 LC_ALL
 *           71 LS_COLORS
 */
#include <bcc/bcc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char text[] =
	"struct key {\n"
	"	char text[80];\n"
	"};\n"
	"BPF_HASH(counts, struct key);\n"
	"\n"
	"int count(struct pt_regs *ctx)\n"
	"{\n"
	"	struct key key = {};\n"
	"\n"
	"	bpf_probe_read_user_str(key.text, sizeof(key.text), (void *)PT_REGS_PARM1(ctx));\n"
	"	counts.increment(key);\n"
	"	return 0;\n"
	"}\n";

static int print(void *ctx, const void *key, const void *value)
{
	printf("%10llu %s\n", *(const unsigned long long *)value, (const char *)key);
	return 0;
}

int main(int argc, char **argv)
{
	struct bcc *b = NULL;
	int ret;

	if (argc != 3) {
		fprintf(stderr, "usage: %s PID SECONDS\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	ret = bcc_open_text(text, NULL, &b);
	if (ret < 0)
		goto out;
	ret = bcc_attach_uprobe(b, "count", "c",
		&BCC_OPTS(struct bcc_uprobe_opts, .symbol = "strlen", .pid = atoi(argv[1])), NULL);
	if (ret < 0)
		goto out;
	printf("%10s %s\n", "COUNT", "STRING");
	sleep(atoi(argv[2]));
	ret = bcc_table_each(bcc_table_find(b, "counts"), print, NULL);
out:
	if (ret < 0)
		fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return ret < 0;
}
