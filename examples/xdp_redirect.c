/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: a table of devices. Each packet that one device receives is sent out by another, before the kernel
 * makes anything of it; the other way round takes a second run. Needs Linux 5.9.
 *
 *   # ./xdp_redirect eth0 eth1
 *   REDIRECTED
 *   0
 *   4200
 */
#include <bcc/bcc.h>
#include <net/if.h>
#include <stdio.h>
#include <unistd.h>

static const char text[] = "BPF_DEVMAP(devices, 1);\n"
			   "BPF_ARRAY(redirected, u64, 1);\n"
			   "\n"
			   "int redirect(struct xdp_md *ctx)\n"
			   "{\n"
			   "	redirected.increment(0);\n"
			   "	return devices.redirect_map(0, XDP_DROP);\n"
			   "}\n";

/* Generic mode: any two devices will do. Drivers that both support XDP are much faster without it. */
static int redirect(struct bcc *b, const char *from, const char *to)
{
	const struct bcc_xdp_opts opts = BCC_OPTS(struct bcc_xdp_opts, .mode = BCC_XDP_GENERIC);
	const uint32_t key = 0, device = if_nametoindex(to);
	int ret = bcc_table_set(bcc_table_find(b, "devices"), &key, sizeof(key), &device, sizeof(device), 0);

	return ret ? ret : bcc_attach_xdp(b, "redirect", from, &opts, NULL);
}

int main(int argc, char **argv)
{
	uint64_t count, before = UINT64_MAX;
	struct bcc *b;

	if (argc != 3) {
		fprintf(stderr, "usage: %s FROM TO\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!bcc_open_text(text, NULL, &b) && !redirect(b, argv[1], argv[2])) {
		puts("REDIRECTED");
		while (!bcc_table_get(
			bcc_table_find(b, "redirected"), &(int){0}, sizeof(int), &count, sizeof(count))) {
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
