/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: a table that finds the longest prefix. IPv4 packets from the given networks are dropped when a
 * device receives them, and each packet counts for the smallest network that it comes from. Needs Linux 5.9.
 *
 *   # ./lpm_blocklist eth0 10.0.0.0/8 10.9.8.0/24
 *   DROPPED NETWORK
 *   3       10.9.8.0/24
 */
#include <arpa/inet.h>
#include <bcc/bcc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct network {
	uint32_t bits;
	struct in_addr address; /* in network byte order, as the highest bits come first */
};

static const char text[] = "#include <bcc/proto.h>\n"
			   "struct network { u32 bits, address; };\n"
			   "BPF_LPM_TRIE(blocked, struct network, u64, 1024);\n"
			   "\n"
			   "int block(struct xdp_md *ctx)\n"
			   "{\n"
			   "	struct network from = {.bits = 32};\n"
			   "	u8 *cursor = 0;\n"
			   "	u64 *dropped;\n"
			   "	struct ethernet_t *ethernet = cursor_advance(cursor, sizeof(*ethernet));\n"
			   "\n"
			   "	if (ethernet->type != 0x0800) /* IPv4 */\n"
			   "		return XDP_PASS;\n"
			   "	struct ip_t *ip = cursor_advance(cursor, sizeof(*ip));\n"
			   "	from.address = bpf_htonl(ip->src);\n"
			   "	dropped = blocked.lookup(&from);\n"
			   "	if (!dropped)\n"
			   "		return XDP_PASS;\n"
			   "	lock_xadd(dropped, 1);\n"
			   "	return XDP_DROP;\n"
			   "}\n";

static int parse(const char *text, struct network *network)
{
	char address[INET_ADDRSTRLEN];

	return sscanf(text, "%15[0-9.]/%u", address, &network->bits) == 2 && network->bits <= 32 &&
	       inet_pton(AF_INET, address, &network->address) == 1;
}

int main(int argc, char **argv)
{
	uint64_t shown[1024] = {0}, count = 0;
	struct bcc_table *blocked;
	struct network network;
	struct bcc *b;

	if (argc < 3 || argc > 1000) {
		fprintf(stderr, "usage: %s DEVICE NETWORK/BITS...\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (bcc_open_text(text, NULL, &b))
		goto out;
	blocked = bcc_table_find(b, "blocked");
	for (int i = 2; i < argc; i++)
		if (!parse(argv[i], &network) ||
			bcc_table_set(blocked, &network, sizeof(network), &count, sizeof(count), 0))
			goto out;
	if (bcc_attach_xdp(b, "block", argv[1], NULL, NULL))
		goto out;
	printf("%-7s %s\n", "DROPPED", "NETWORK");
	for (;; usleep(100000)) {
		for (int i = 2; i < argc; i++) {
			parse(argv[i], &network);
			if (bcc_table_get(blocked, &network, sizeof(network), &count, sizeof(count)))
				goto out;
			if (count != shown[i])
				printf("%-7llu %s\n", (unsigned long long)count, argv[i]);
			shown[i] = count;
		}
	}
out:
	fprintf(stderr, "%s\n", *bcc_error(b) ? bcc_error(b) : "a network is written 10.0.0.0/8");
	bcc_close(b);
	return 1;
}
