/* SPDX-License-Identifier: Apache-2.0 */
/* tcpconnect: which process opens TCP connections to where. Options and columns as in BCC's tool of this
 * name. */
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dns.h"
#include "events.h"
#include "tcpconnect.h"
#include "tool.h"

struct tcpconnect {
	struct tool tool;
	bool timestamp, lport, print_uid, count, dns;
	int family;    /* 4, 6, or 0: both */
	long pid, uid; /* -1: all */
	char *ports;   /* condition on the destination port, NULL: all */
	uint64_t first;
	struct dns_cache *names;
	int packets; /* socket that receives the name servers' answers */
};

static const struct argp_option options[] = {
	{"timestamp", 't', NULL, 0, "column with the seconds since the first event", 0},
	{"pid", 'p', "PID", 0, "only this process", 0},
	{"port", 'P', "PORT", 0, "only to these ports, separated by commas", 0},
	{"ipv4", '4', NULL, 0, "only IPv4", 0},
	{"ipv6", '6', NULL, 0, "only IPv6", 0},
	{"lport", 'L', NULL, 0, "column with the local port", 0},
	{"print-uid", 'U', NULL, 0, "column with the user ID", 0},
	{"uid", 'u', "UID", 0, "only this user, by number or name", 0},
	{"count", 'c', NULL, 0, "count connections by source address, destination address and port", 0},
	{"dns", 'd', NULL, 0, "column with the name that was looked up for the address", 0},
	{0},
};

static void set_ports(struct tcpconnect *c, struct argp_state *state, char *arg)
{
	size_t size;
	FILE *f;

	free(c->ports);
	f = open_memstream(&c->ports, &size);
	if (!f) {
		argp_failure(state, EXIT_FAILURE, errno, "-P");
		return; /* argp has ended the process */
	}
	fputs("0", f);
	for (char *port; (port = strsep(&arg, ","));)
		fprintf(f, "||(port)==%lu", tool_number(state, "-P", port, 1, 65535));
	if (fclose(f))
		argp_failure(state, EXIT_FAILURE, errno, "-P");
}

static void set_family(struct tcpconnect *c, struct argp_state *state, int family)
{
	if (c->family && c->family != family)
		argp_error(state, "-4 and -6 cannot be combined");
	c->family = family;
}

static error_t tcpconnect_parse(int key, char *arg, struct argp_state *state)
{
	struct tcpconnect *c = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		tool_init_options(state, &c->tool);
		return 0;
	case 't':
		c->timestamp = true;
		return 0;
	case 'p':
		c->pid = tool_number(state, "-p", arg, 1, INT_MAX);
		return 0;
	case 'P':
		set_ports(c, state, arg);
		return 0;
	case '4':
	case '6':
		set_family(c, state, key - '0');
		return 0;
	case 'L':
		c->lport = true;
		return 0;
	case 'U':
		c->print_uid = true;
		return 0;
	case 'u':
		c->uid = tool_user(state, "-u", arg);
		return 0;
	case 'c':
		c->count = true;
		return 0;
	case 'd':
		c->dns = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument '%s'", arg);
		return 0;
	case ARGP_KEY_END:
		if (c->dns && c->count)
			argp_error(state, "-d and -c cannot be combined");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void tcpconnect_set_cflags(struct tcpconnect *c)
{
	struct tool *t = &c->tool;

	if (c->pid >= 0)
		tool_cflag(t, "-DFILTER_PID=%ld", c->pid);
	if (c->uid >= 0)
		tool_cflag(t, "-DFILTER_UID=%ld", c->uid);
	if (c->ports)
		tool_cflag(t, "-DPORT_IS_WANTED(port)=(%s)", c->ports);
	if (c->family)
		tool_cflag(t, "-DONLY_FAMILY=%d", c->family);
	if (c->lport)
		tool_cflag(t, "-DWITH_LPORT");
	if (c->count)
		tool_cflag(t, "-DCOUNT");
	if (c->dns)
		tool_cflag(t, "-DWITH_DNS");
}

/* ---- names ---- */

static void read_answers(void *ctx)
{
	struct tcpconnect *c = ctx;
	uint8_t packet[4096];
	ssize_t size;

	while ((size = recv(c->packets, packet, sizeof(packet), MSG_DONTWAIT)) >= 0)
		dns_cache_packet(c->names, packet, size, tool_now_ns());
}

/* A packet socket with the text's filter. It sees what arrives on all interfaces of this network
 * namespace. */
static int open_answers(struct tcpconnect *c)
{
	struct bcc_program *filter = bcc_program_find(c->tool.bcc, "dns_answers");
	struct sockaddr_ll all = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	int fd = bcc_program_load(filter, BPF_PROG_TYPE_SOCKET_FILTER, NULL);

	if (fd < 0) {
		tool_failed(&c->tool);
		return fd;
	}
	c->names = dns_cache_new();
	/* protocol 0: nothing arrives before the filter is in place */
	c->packets = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (!c->names || c->packets < 0 ||
		setsockopt(c->packets, SOL_SOCKET, SO_ATTACH_BPF, &fd, sizeof(fd)) ||
		bind(c->packets, (struct sockaddr *)&all, sizeof(all))) {
		fprintf(stderr, "tcpconnect: cannot watch for name servers' answers (-d): %s\n",
			strerror(errno));
		return -errno;
	}
	c->tool.watch_fd = c->packets;
	c->tool.watch_ready = read_answers;
	c->tool.watch_ctx = c;
	return 0;
}

static void print_query(struct tcpconnect *c, const struct event *e, const char *daddr)
{
	uint64_t when = 0;
	const char *name;

	/* the answer arrived before the connection, but possibly after the last read */
	read_answers(c);
	name = dns_cache_find(c->names, e->flow.family, e->flow.daddr, e->time, &when);
	if (name) {
		double ms = e->time > when ? (e->time - when) / 1e6 : 0;

		tool_print_text(name, strlen(name));
		if (ms > 100) /* so long ago that it may be unrelated */
			printf(" (%.3fms)", ms);
	} else if (!strcmp(daddr, "127.0.0.1") || !strcmp(daddr, "::1")) {
		fputs("localhost", stdout);
	} else {
		fputs("No DNS Query", stdout);
	}
}

/* ---- each connection ---- */

static const char *tcpconnect_address(const struct flow *flow, const uint8_t *addr, char *buf)
{
	return inet_ntop(flow->family == 4 ? AF_INET : AF_INET6, addr, buf, INET6_ADDRSTRLEN);
}

static int tcpconnect_print_event(void *ctx, int cpu, const void *data, size_t size)
{
	char saddr[INET6_ADDRSTRLEN], daddr[INET6_ADDRSTRLEN];
	const struct event *e = data;
	struct tcpconnect *c = ctx;

	if (size < sizeof(*e))
		return 0;
	if (!c->first)
		c->first = e->time;
	tcpconnect_address(&e->flow, e->flow.saddr, saddr);
	tcpconnect_address(&e->flow, e->flow.daddr, daddr);
	if (c->timestamp)
		printf("%-9.3f", (double)(int64_t)(e->time - c->first) / 1e9);
	if (c->print_uid)
		printf("%-6u", e->uid);
	printf("%-7u %-12.12s %-2u %-16s ", e->pid, e->comm, e->flow.family, saddr);
	if (c->lport)
		printf("%-6u ", e->lport);
	printf("%-16s %-6u ", daddr, e->flow.dport);
	if (c->dns)
		print_query(c, e, daddr);
	putchar('\n');
	return 0;
}

static void tcpconnect_print_header(const struct tcpconnect *c)
{
	if (c->timestamp)
		printf("%-9s", "TIME(s)");
	if (c->print_uid)
		printf("%-6s", "UID");
	printf("%-7s %-12s %-2s %-16s ", "PID", "COMM", "IP", "SADDR");
	if (c->lport)
		printf("%-6s ", "LPORT");
	printf("%-16s %-6s%s\n", "DADDR", "DPORT", c->dns ? " QUERY" : "");
}

/* ---- counts ---- */

struct count {
	struct flow flow;
	uint64_t connects;
};

struct counts {
	struct count *entries;
	size_t size, room;
};

static int add_count(void *ctx, const void *key, const void *value)
{
	struct counts *c = ctx;

	if (c->size == c->room) {
		size_t room = c->room ? 2 * c->room : 256;
		struct count *grown = realloc(c->entries, room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		c->entries = grown;
		c->room = room;
	}
	memcpy(&c->entries[c->size].flow, key, sizeof(struct flow));
	memcpy(&c->entries[c->size].connects, value, sizeof(uint64_t));
	c->size++;
	return 0;
}

/* IPv4 before IPv6, then the most connections first */
static int tcpconnect_compare(const void *a, const void *b)
{
	const struct count *x = a, *y = b;

	if (x->flow.family != y->flow.family)
		return x->flow.family < y->flow.family ? -1 : 1;
	if (x->connects != y->connects)
		return x->connects > y->connects ? -1 : 1;
	return memcmp(&x->flow, &y->flow, sizeof(x->flow));
}

static int print_counts(struct tcpconnect *c)
{
	char saddr[INET6_ADDRSTRLEN], daddr[INET6_ADDRSTRLEN];
	struct counts counts = {0};
	int ret = bcc_table_each(bcc_table_find(c->tool.bcc, "counts"), add_count, &counts);

	if (ret) {
		free(counts.entries);
		return ret == -ENOMEM ? EXIT_FAILURE : tool_failed(&c->tool);
	}
	if (counts.size)
		qsort(counts.entries, counts.size, sizeof(*counts.entries), tcpconnect_compare);
	printf("\n%-25s %-25s %-20s %-10s\n", "LADDR", "RADDR", "RPORT", "CONNECTS");
	for (size_t i = 0; i < counts.size; i++) {
		const struct flow *flow = &counts.entries[i].flow;

		printf("%-25s %-25s %-20u %-10llu\n", tcpconnect_address(flow, flow->saddr, saddr),
			tcpconnect_address(flow, flow->daddr, daddr), flow->dport,
			(unsigned long long)counts.entries[i].connects);
	}
	free(counts.entries);
	return tool_finish(&c->tool);
}

/* ---- main ---- */

static int tcpconnect_open_text(struct tcpconnect *c)
{
	struct tool *t = &c->tool;
	int ret = tool_try_open(t);

	/* no kprobes; or no tcp_v6_connect() because the IPv6 module is not loaded */
	if (ret == -EOPNOTSUPP || ret == -ENOENT) {
		bcc_close(t->bcc);
		t->bcc = NULL;
		tool_cflag(t, "-DUSE_TRACEPOINT");
		ret = tool_try_open(t);
	}
	if (ret)
		tool_failed(t);
	return ret;
}

static int tcpconnect_run(struct tcpconnect *c)
{
	if (tcpconnect_open_text(c) || (c->dns && open_answers(c)))
		return EXIT_FAILURE;
	if (!c->count && tool_open_perf(&c->tool, "events", tcpconnect_print_event, c, 0))
		return EXIT_FAILURE;
	if (tool_start(&c->tool))
		return EXIT_FAILURE;
	printf("Tracing connect ... Hit Ctrl-C to end\n");
	if (c->count) {
		while (!tool_wait(&c->tool, INT_MAX))
			;
		return print_counts(c);
	}
	tcpconnect_print_header(c);
	return tool_run(&c->tool, 0);
}

int main(int argc, char **argv)
{
	struct tcpconnect c = {.tool = TOOL("tcpconnect"), .pid = -1, .uid = -1, .packets = -1};
	const struct argp argp = {.options = options,
		.parser = tcpconnect_parse,
		.doc = "Shows TCP connections that this machine initiates.",
		.children = tool_container_options};
	int status;

	tool_parse(&argp, argc, argv, &c);
	tcpconnect_set_cflags(&c);
	status = tcpconnect_run(&c);
	tool_close(&c.tool);
	dns_cache_free(c.names);
	free(c.ports);
	if (c.packets >= 0)
		close(c.packets);
	return status;
}
