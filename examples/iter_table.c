/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: an iterator over the entries of a table. The program sees each key and value in the kernel, and
 * only what it writes is copied to user space: here the entries that are at least `least`.
 *
 *   # ./iter_table 50
 *   8 squared is 64
 *   9 squared is 81
 */
#include <bcc/bcc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char text[] =
	"BPF_HASH(squares, u32, u64);\n"
	"const volatile u64 least = 0;\n"
	"\n"
	"BPF_ITER(bpf_map_elem)\n"
	"{\n"
	"	static const char line[] = \"%u squared is %llu\\n\";\n"
	"	u32 *key = ctx->key;\n"
	"	u64 *value = ctx->value, values[2];\n"
	"\n"
	"	if (!key || !value || *value < least)\n"
	"		return 0; /* the end, or too little */\n"
	"	values[0] = *key;\n"
	"	values[1] = *value;\n"
	"	bpf_seq_printf(ctx->meta->seq, line, sizeof(line), values, sizeof(values));\n"
	"	return 0;\n"
	"}\n";

int main(int argc, char **argv)
{
	uint64_t least = argc > 1 ? strtoull(argv[1], NULL, 0) : 0, square;
	struct bcc *b;
	char buf[4096];
	ssize_t n;
	int ret, fd;

	ret = bcc_open_text(text, &BCC_OPTS(struct bcc_open_opts, .deferred = true), &b);
	if (!ret)
		ret = bcc_variable_set(bcc_variable_find(b, "least"), &least, sizeof(least));
	if (!ret)
		ret = bcc_create(b);
	for (uint32_t i = 0; i < 10 && !ret; i++) {
		square = i * i;
		ret = bcc_table_set(bcc_table_find(b, "squares"), &i, sizeof(i), &square, sizeof(square), 0);
	}
	if (ret < 0)
		goto out;
	fd = ret = bcc_open_iter(
		b, "bpf_iter__bpf_map_elem", &BCC_OPTS(struct bcc_iter_opts, .table = "squares"));
	if (ret < 0)
		goto out;
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		fwrite(buf, 1, n, stdout);
	close(fd);
out:
	if (ret < 0)
		fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return ret < 0;
}
