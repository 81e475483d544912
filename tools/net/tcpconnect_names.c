/* SPDX-License-Identifier: Apache-2.0 */
#include "tcpconnect_names.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buffer.h"
#include "clock.h"
#include "dns.h"
#include "report.h"
#include "tool.h"

static struct dns_cache *names;
static int packets = -1; /* socket that receives the answers */

static void names_read(void)
{
	uint8_t packet[4096];
	ssize_t size;

	while ((size = recv(packets, packet, sizeof(packet), MSG_DONTWAIT)) >= 0)
		dns_cache_packet(names, packet, size, clock_now());
}

/* A packet socket with the text's filter. It sees what arrives on all interfaces of this network
 * namespace. */
int names_open(struct bcc *b)
{
	struct sockaddr_ll all = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	int fd = bcc_program_load(bcc_program_find(b, "dns_answers"), BPF_PROG_TYPE_SOCKET_FILTER, NULL);

	if (fd < 0) {
		report_failure(b);
		return fd;
	}
	names = dns_cache_new();
	/* protocol 0: nothing arrives before the filter is in place */
	packets = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (!names || packets < 0 || setsockopt(packets, SOL_SOCKET, SO_ATTACH_BPF, &fd, sizeof(fd)) ||
		bind(packets, (struct sockaddr *)&all, sizeof(all))) {
		tool_warn("cannot watch for name servers' answers (-d): %s", strerror(errno));
		return -errno;
	}
	tool_watch(packets, names_read);
	return 0;
}

void names_close(void)
{
	dns_cache_free(names);
	if (packets >= 0)
		close(packets);
}

static bool names_is_loopback(int family, const uint8_t *address)
{
	static const uint8_t v4[16] = {127, 0, 0, 1}, v6[16] = {[15] = 1};

	return !memcmp(address, family == 4 ? v4 : v6, 16);
}

void names_query(struct value *value, int family, const uint8_t *address, uint64_t time)
{
	static struct buffer text;
	uint64_t when = 0;
	const char *name;

	/* the answer arrived before the connection, but possibly after the last read */
	names_read();
	name = dns_cache_find(names, family, address, time, &when);
	text.size = 0;
	if (name) {
		double ms = time > when ? (time - when) / 1e6 : 0;

		buffer_text(&text, name);
		if (ms > 100) /* so long ago that it may be unrelated */
			buffer_printf(&text, " (%.3fms)", ms);
	} else {
		buffer_text(&text, names_is_loopback(family, address) ? "localhost" : "No DNS Query");
	}
	value_text(value, text.data, text.size);
}
