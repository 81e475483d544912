/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: text in packets as the key of a table. Questions for the addresses of some names are dropped when
 * a device receives them: the program reads the name as DNS writes it, and looks it up.
 *
 *   # ./dns_match eth0 example.org ads.example.net
 *   DROPPED NAME
 *   1       example.org
 */
#include <bcc/bcc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct name {
	char labels[64]; /* "\7example\3org" */
};

static const char text[] =
	"#include <bcc/proto.h>\n"
	"#include <linux/pkt_cls.h>\n"
	"struct name { char labels[64]; };\n"
	"BPF_HASH(names, struct name, u64, 64);\n"
	"\n"
	"int match(struct __sk_buff *skb)\n"
	"{\n"
	"	struct name name = {};\n"
	"	u8 *cursor = 0;\n"
	"	u64 *dropped;\n"
	"	struct ethernet_t *ethernet = cursor_advance(cursor, sizeof(*ethernet));\n"
	"\n"
	"	if (ethernet->type != 0x0800) /* IPv4 */\n"
	"		return TC_ACT_UNSPEC;\n"
	"	struct ip_t *ip = cursor_advance(cursor, sizeof(*ip));\n"
	"	if (ip->hlen != 5 || ip->nextp != 17) /* UDP */\n"
	"		return TC_ACT_UNSPEC;\n"
	"	struct udp_t *udp = cursor_advance(cursor, sizeof(*udp));\n"
	"	if (udp->dport != 53)\n"
	"		return TC_ACT_UNSPEC;\n"
	"	/* the question is behind 12 bytes of header; past the packet's end, the program stops here */\n"
	"	for (int i = 0; i < sizeof(name.labels) - 1; i++) {\n"
	"		u8 c = load_byte(skb, 14 + 20 + 8 + 12 + i);\n"
	"\n"
	"		if (!c)\n"
	"			break;\n"
	"		name.labels[i] = c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;\n"
	"	}\n"
	"	dropped = names.lookup(&name);\n"
	"	if (!dropped)\n"
	"		return TC_ACT_UNSPEC;\n"
	"	lock_xadd(dropped, 1);\n"
	"	return TC_ACT_SHOT;\n"
	"}\n";

/* "example.org" as DNS writes it: each part after its length. Returns false if it is too long. */
static int encode(struct name *name, const char *text)
{
	size_t at = 0, length;

	memset(name, 0, sizeof(*name));
	for (; *text; text += length + (text[length] == '.')) {
		length = strcspn(text, ".");
		if (at + 1 + length >= sizeof(name->labels))
			return 0;
		name->labels[at++] = (char)length;
		memcpy(name->labels + at, text, length);
		at += length;
	}
	return 1;
}

int main(int argc, char **argv)
{
	struct bcc_table *names;
	uint64_t shown[64] = {0}, count = 0;
	struct name name;
	struct bcc *b;

	if (argc < 3 || argc > 60) {
		fprintf(stderr, "usage: %s DEVICE NAME...\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (bcc_open_text(text, NULL, &b))
		goto out;
	names = bcc_table_find(b, "names");
	for (int i = 2; i < argc; i++)
		if (!encode(&name, argv[i]) ||
			bcc_table_set(names, &name, sizeof(name), &count, sizeof(count), 0))
			goto out;
	if (bcc_attach_tc(b, "match", argv[1], NULL, NULL))
		goto out;
	printf("%-7s %s\n", "DROPPED", "NAME");
	for (int i = 2;; i = i + 1 < argc ? i + 1 : 2) {
		encode(&name, argv[i]);
		if (bcc_table_get(names, &name, sizeof(name), &count, sizeof(count)))
			goto out;
		if (count != shown[i])
			printf("%-7llu %s\n", (unsigned long long)count, argv[i]);
		shown[i] = count;
		if (i == 2)
			usleep(100000);
	}
out:
	fprintf(stderr, "%s\n", *bcc_error(b) ? bcc_error(b) : "the name is too long");
	bcc_close(b);
	return 1;
}
