/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that parses packets, Ethernet, IPv4 and TCP, and counts them by port: from texts of this library
 * that follow pointers or advance a cursor, and the same by hand for libbpf (packets.bpf.c). All run on the
 * same packet (BPF_PROG_TEST_RUN), in turn. Prints the nanoseconds of a run, the least of all rounds, and how
 * many times those of libbpf they are.
 *
 *   bench_packets OBJECT [RUNS [ROUNDS]]     by default 1,000,000 and 15
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bcc/bcc.h>

#define PORT 443

/* As packets.bpf.c. */
static const char by_pointers[] =
	"#include <linux/if_ether.h>\n"
	"#include <linux/ip.h>\n"
	"#include <linux/tcp.h>\n"
	"BPF_ARRAY(ports, u64, 65536);\n"
	"\n"
	"int count(struct xdp_md *ctx)\n"
	"{\n"
	"	void *end = (void *)(long)ctx->data_end;\n"
	"	struct ethhdr *ethernet = (void *)(long)ctx->data;\n"
	"	struct iphdr *ip = (void *)(ethernet + 1);\n"
	"	struct tcphdr *tcp = (void *)(ip + 1);\n"
	"	u32 port;\n"
	"	u64 *counter;\n"
	"\n"
	"	if ((void *)(ethernet + 1) > end || ethernet->h_proto != bpf_htons(0x0800))\n"
	"		return XDP_PASS;\n"
	"	if ((void *)(ip + 1) > end || ip->ihl != 5 || ip->protocol != 6)\n"
	"		return XDP_PASS;\n"
	"	if ((void *)(tcp + 1) > end)\n"
	"		return XDP_PASS;\n"
	"	port = bpf_ntohs(tcp->dest);\n"
	"	counter = ports.lookup(&port);\n"
	"	if (counter)\n"
	"		lock_xadd(counter, 1);\n"
	"	return XDP_PASS;\n"
	"}\n";

/* As BCC's language does it, for packets in any number of buffers. */
static const char by_cursor[] =
	"#include <bcc/proto.h>\n"
	"BPF_ARRAY(ports, u64, 65536);\n"
	"\n"
	"int count(struct xdp_md *ctx)\n"
	"{\n"
	"	u8 *cursor = 0;\n"
	"	struct ethernet_t *ethernet = cursor_advance(cursor, sizeof(*ethernet));\n"
	"\n"
	"	if (ethernet->type != 0x0800)\n"
	"		return XDP_PASS;\n"
	"	struct ip_t *ip = cursor_advance(cursor, sizeof(*ip));\n"
	"	if (ip->hlen != 5 || ip->nextp != 6)\n"
	"		return XDP_PASS;\n"
	"	struct tcp_t *tcp = cursor_advance(cursor, sizeof(*tcp));\n"
	"	ports.atomic_increment(tcp->dst_port);\n"
	"	return XDP_PASS;\n"
	"}\n";

static const uint8_t packet[64] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x08, 0x00,
	/* IP */ 0x45, 0, 0, 50, 0, 0, 0, 0, 64, 6, 0, 0, 10, 9, 8, 1, 10, 9, 8, 2,
	/* TCP */ 0x12, 0x34, PORT >> 8, PORT & 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 5 << 4, 2};

struct contender {
	const char *name;
	int program, ports;
	uint32_t least; /* ns */
};

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s\n", what, why);
	exit(1);
}

static struct contender from_text(const char *name, const char *text, struct bcc **b)
{
	struct bcc_table_info info = {.size = sizeof(info)};
	int fd;

	if (bcc_open_text(text, NULL, b))
		fail(name, bcc_error(*b));
	fd = bcc_program_load(bcc_program_find(*b, "count"), BPF_PROG_TYPE_XDP, NULL);
	if (fd < 0 || bcc_table_info(bcc_table_find(*b, "ports"), &info))
		fail(name, bcc_error(*b));
	return (struct contender){.name = name, .program = fd, .ports = info.fd, .least = UINT32_MAX};
}

static struct contender by_hand(const char *path)
{
	struct bpf_object *object = bpf_object__open(path);

	if (!object || bpf_object__load(object))
		fail(path, "libbpf cannot load it");
	return (struct contender){.name = "libbpf",
		.program = bpf_program__fd(bpf_object__find_program_by_name(object, "count")),
		.ports = bpf_object__find_map_fd_by_name(object, "ports"),
		.least = UINT32_MAX};
}

static void run(struct contender *c, unsigned runs)
{
	LIBBPF_OPTS(
		bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet), .repeat = runs);
	const uint32_t port = PORT;
	uint64_t before, after;

	if (bpf_map_lookup_elem(c->ports, &port, &before) || bpf_prog_test_run_opts(c->program, &opts) ||
		bpf_map_lookup_elem(c->ports, &port, &after))
		fail(c->name, "the program cannot be run");
	if (opts.retval != XDP_PASS || after - before != runs)
		fail(c->name, "it has not counted each packet");
	if (opts.duration < c->least)
		c->least = opts.duration;
}

int main(int argc, char **argv)
{
	unsigned runs = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000000;
	unsigned rounds = argc > 3 ? strtoul(argv[3], NULL, 10) : 15;
	struct contender contenders[3];
	struct bcc *pointers, *cursor;

	if (argc < 2)
		fail("usage", "bench_packets OBJECT [RUNS [ROUNDS]]");
	contenders[0] = by_hand(argv[1]);
	contenders[1] = from_text("pointers", by_pointers, &pointers);
	contenders[2] = from_text("cursor", by_cursor, &cursor);
	for (unsigned i = 0; i < 3 * rounds; i++)
		run(&contenders[(i + i / 3) % 3], runs); /* each is first as often as the others */
	printf("libbpf=%u ns", contenders[0].least);
	for (int i = 1; i < 3; i++)
		printf(" %s=%u ns (%.2f)", contenders[i].name, contenders[i].least,
			(double)contenders[i].least / contenders[0].least);
	putchar('\n');
	bcc_close(pointers);
	bcc_close(cursor);
	return 0;
}
