/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: XDP. A device's packets of one UDP port are dropped before the kernel makes anything of them, and
 * counted. When the example ends, the device has its packets again. Needs Linux 5.9.
 *
 *   # ./xdp_drop eth0 9999
 *   DROPPED
 *   0
 *   112
 */
#include <bcc/bcc.h>
#include <stdio.h>
#include <unistd.h>

static const char text[] = "#include <bcc/proto.h>\n"
			   "BPF_ARRAY(dropped, u64, 1);\n"
			   "\n"
			   "int drop(struct xdp_md *ctx)\n"
			   "{\n"
			   "	u8 *cursor = 0;\n"
			   "	struct ethernet_t *ethernet = cursor_advance(cursor, sizeof(*ethernet));\n"
			   "\n"
			   "	if (ethernet->type != 0x0800) /* IPv4 */\n"
			   "		return XDP_PASS;\n"
			   "	struct ip_t *ip = cursor_advance(cursor, sizeof(*ip));\n"
			   "	if (ip->hlen != 5 || ip->nextp != 17) /* UDP */\n"
			   "		return XDP_PASS;\n"
			   "	struct udp_t *udp = cursor_advance(cursor, sizeof(*udp));\n"
			   "	if (udp->dport != PORT)\n"
			   "		return XDP_PASS;\n"
			   "	dropped.increment(0);\n"
			   "	return XDP_DROP;\n"
			   "}\n";

int main(int argc, char **argv)
{
	char port[32];
	const char *cflags[] = {port};
	uint64_t count, before = UINT64_MAX;
	struct bcc *b;

	if (argc != 3) {
		fprintf(stderr, "usage: %s DEVICE PORT\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	snprintf(port, sizeof(port), "-DPORT=%s", argv[2]);
	if (!bcc_open_text(text, &BCC_OPTS(struct bcc_open_opts, .cflags = cflags, .cflags_count = 1), &b) &&
		!bcc_attach_xdp(b, "drop", argv[1], NULL, NULL)) {
		puts("DROPPED");
		while (!bcc_table_get(
			bcc_table_find(b, "dropped"), &(int){0}, sizeof(int), &count, sizeof(count))) {
			if (count != before)
				printf("%llu\n", (unsigned long long)count);
			before = count;
			usleep(100000);
		}
	}
	fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return 1;
}
