/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: a filter on a socket. Of all packets of a device, the socket of this program gets only those in
 * which a request or an answer of HTTP begins; the others are not even copied.
 *
 *   # ./http_filter eth0
 *   GET /index.html HTTP/1.1
 *   HTTP/1.1 200 OK
 */
#include <arpa/inet.h>
#include <bcc/bcc.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static const char text[] = "#include <bcc/proto.h>\n"
			   "#define WORD(a, b, c, d) ((u32)(a) << 24 | (b) << 16 | (c) << 8 | (d))\n"
			   "\n"
			   "int filter(struct __sk_buff *skb)\n"
			   "{\n"
			   "	u8 *cursor = 0;\n"
			   "	struct ethernet_t *ethernet = cursor_advance(cursor, sizeof(*ethernet));\n"
			   "\n"
			   "	if (ethernet->type != 0x0800) /* IPv4 */\n"
			   "		return 0; /* bytes to keep */\n"
			   "	struct ip_t *ip = cursor_advance(cursor, sizeof(*ip));\n"
			   "	if (ip->nextp != 6) /* TCP */\n"
			   "		return 0;\n"
			   "	u32 tcp = ETH_HLEN + ip->hlen * 4;\n"
			   "	u32 data = tcp + (load_byte(skb, tcp + 12) >> 4) * 4;\n"
			   "	if (data + 4 > ETH_HLEN + ip->tlen)\n"
			   "		return 0;\n"
			   "	switch (load_word(skb, data)) {\n"
			   "	case WORD('G', 'E', 'T', ' '):\n"
			   "	case WORD('H', 'E', 'A', 'D'):\n"
			   "	case WORD('P', 'O', 'S', 'T'):\n"
			   "	case WORD('P', 'U', 'T', ' '):\n"
			   "	case WORD('H', 'T', 'T', 'P'):\n"
			   "		return -1; /* all */\n"
			   "	}\n"
			   "	return 0;\n"
			   "}\n";

/* The first line of what TCP carries. The filter has looked at the headers. */
static void print(const unsigned char *packet, size_t size)
{
	size_t tcp = ETH_HLEN + (packet[ETH_HLEN] & 15) * 4, data = tcp + (packet[tcp + 12] >> 4) * 4;

	for (; data < size && packet[data] >= ' ' && packet[data] < 127; data++)
		putchar(packet[data]);
	putchar('\n');
}

int main(int argc, char **argv)
{
	struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	/* no protocol yet: nothing must arrive before the filter is there */
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	unsigned char packet[65536];
	struct bcc *b;
	ssize_t size;

	if (argc != 2 || fd < 0) {
		fprintf(stderr, "usage: %s DEVICE, as root\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	address.sll_ifindex = if_nametoindex(argv[1]);
	if (!bcc_open_text(text, NULL, &b) && !bcc_attach_socket(b, "filter", fd, NULL, NULL) &&
		!bind(fd, (struct sockaddr *)&address, sizeof(address))) {
		puts("Listening...");
		while ((size = recv(fd, packet, sizeof(packet), 0)) > 0)
			print(packet, size);
	}
	fprintf(stderr, "%s\n", *bcc_error(b) ? bcc_error(b) : strerror(errno));
	bcc_close(b);
	return 1;
}
