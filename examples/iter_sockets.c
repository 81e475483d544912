/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: an iterator over sockets. The program runs once for each TCP socket of this network namespace, and
 * prints addresses in the way of the kernel (%pI4).
 *
 *   # ./iter_sockets
 *   STATE LOCAL              REMOTE
 *      10 127.0.0.1:631      0.0.0.0:0
 *       1 10.0.0.5:22        10.0.0.9:51514
 */
#include <bcc/bcc.h>
#include <stdio.h>
#include <unistd.h>

static const char text[] =
	"#include <net/sock.h>\n"
	"BPF_ITER(tcp)\n"
	"{\n"
	"	static const char line[] = \"%5d %pI4:%-8d %pI4:%d\\n\";\n"
	"	struct sock_common *sk = ctx->sk_common;\n"
	"	u64 values[5];\n"
	"\n"
	"	if (!sk || sk->skc_family != AF_INET)\n"
	"		return 0;\n"
	"	values[0] = sk->skc_state;\n"
	"	values[1] = (u64)&sk->skc_rcv_saddr;\n"
	"	values[2] = sk->skc_num;\n"
	"	values[3] = (u64)&sk->skc_daddr;\n"
	"	values[4] = bpf_ntohs(sk->skc_dport);\n"
	"	bpf_seq_printf(ctx->meta->seq, line, sizeof(line), values, sizeof(values));\n"
	"	return 0;\n"
	"}\n";

int main(void)
{
	char buf[4096];
	struct bcc *b;
	ssize_t n;
	int ret, fd;

	ret = bcc_open_text(text, NULL, &b);
	if (ret < 0)
		goto out;
	fd = ret = bcc_open_iter(b, "bpf_iter__tcp", NULL);
	if (ret < 0)
		goto out;
	puts("STATE LOCAL              REMOTE");
	fflush(stdout);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		fwrite(buf, 1, n, stdout);
	close(fd);
out:
	if (ret < 0)
		fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return ret < 0;
}
