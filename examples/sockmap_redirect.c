/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: sockets in a table. Two clients connect to this program; what one of them sends goes to the other,
 * within the kernel: this process sleeps, and copies not a byte.
 *
 *   # ./sockmap_redirect 7777            $ nc localhost 7777
 *   Waiting for two...
 *   Joined.
 *   12 bytes in 1 parts
 */
#include <arpa/inet.h>
#include <bcc/bcc.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct total {
	uint64_t bytes, parts;
};

static const char text[] =
	"struct total { u64 bytes, parts; };\n"
	"/* each socket by the port of the other's client */\n"
	"BPF_SOCKHASH(sockets, u32, 2);\n"
	"BPF_ARRAY(totals, struct total, 1);\n"
	"\n"
	"SEC(\"sk_skb/stream_parser\") int whole(struct __sk_buff *skb) { return skb->len; }\n"
	"\n"
	"SEC(\"sk_skb/stream_verdict\")\n"
	"int redirect(struct __sk_buff *skb)\n"
	"{\n"
	"	u32 port = bpf_ntohl(skb->remote_port);\n"
	"	int zero = 0;\n"
	"	struct total *total = totals.lookup(&zero);\n"
	"\n"
	"	if (total) {\n"
	"		lock_xadd(&total->bytes, skb->len);\n"
	"		lock_xadd(&total->parts, 1);\n"
	"	}\n"
	"	return sockets.sk_redirect_hash(skb, &port, 0);\n"
	"}\n";

/* Waits for a client; returns the socket, and the client's port. */
static int client(int listening, uint32_t *port)
{
	struct sockaddr_in address = {0};
	socklen_t size = sizeof(address);
	int fd = accept4(listening, (struct sockaddr *)&address, &size, SOCK_CLOEXEC);

	*port = ntohs(address.sin_port);
	return fd;
}

static int join(struct bcc *b, int listening)
{
	struct bcc_table *sockets = bcc_table_find(b, "sockets");
	uint32_t ports[2];
	int fds[2], ret = 0;

	for (int i = 0; i < 2; i++)
		if ((fds[i] = client(listening, &ports[i])) < 0)
			return -errno;
	for (int i = 0; i < 2 && !ret; i++)
		ret = bcc_table_set(sockets, &ports[!i], sizeof(ports[i]), &fds[i], sizeof(fds[i]), 0);
	return ret;
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct total total = {0}, before = {0};
	struct bcc *b;

	if (argc != 2) {
		fprintf(stderr, "usage: %s PORT\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	address.sin_port = htons(atoi(argv[1]));
	if (listening < 0 || bind(listening, (struct sockaddr *)&address, sizeof(address)) ||
		listen(listening, 2)) {
		fprintf(stderr, "port %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	if (bcc_open_text(text, NULL, &b) || bcc_attach_sockmap(b, "whole", "sockets", NULL) ||
		bcc_attach_sockmap(b, "redirect", "sockets", NULL))
		goto out;
	puts("Waiting for two...");
	if (join(b, listening))
		goto out;
	puts("Joined.");
	while (!bcc_table_get(bcc_table_find(b, "totals"), &(int){0}, sizeof(int), &total, sizeof(total))) {
		if (total.parts != before.parts)
			printf("%llu bytes in %llu parts\n", (unsigned long long)total.bytes,
				(unsigned long long)total.parts);
		before = total;
		usleep(100000);
	}
out:
	fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return 1;
}
