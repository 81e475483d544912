/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Teaches: what the kernel knows about a packet besides its bytes. The tag of a VLAN is not in the packet any
 * more when tc programs see it, but in the context. Packets of other VLANs than the given ones are dropped.
 *
 *   # ./vlan_filter eth0 5 17
 *   VLAN  PASSED   DROPPED
 *   5     12       0
 *   9     0        3
 */
#include <bcc/bcc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct counts {
	uint64_t passed, dropped;
};

static const char text[] = "#include <linux/pkt_cls.h>\n"
			   "struct counts { u64 passed, dropped; };\n"
			   "BPF_ARRAY(allowed, u32, 4096);\n"
			   "BPF_ARRAY(seen, struct counts, 4096);\n"
			   "\n"
			   "int filter(struct __sk_buff *skb)\n"
			   "{\n"
			   "	int vlan = skb->vlan_tci & 0xfff; /* above it are priority bits */\n"
			   "	u32 *yes = allowed.lookup(&vlan);\n"
			   "	struct counts *counts = seen.lookup(&vlan);\n"
			   "\n"
			   "	if (!skb->vlan_present || !yes || !counts)\n"
			   "		return TC_ACT_UNSPEC; /* of no VLAN */\n"
			   "	if (*yes) {\n"
			   "		lock_xadd(&counts->passed, 1);\n"
			   "		return TC_ACT_UNSPEC;\n"
			   "	}\n"
			   "	lock_xadd(&counts->dropped, 1);\n"
			   "	return TC_ACT_SHOT;\n"
			   "}\n";

static int print_changed(struct bcc_table *seen)
{
	static struct counts before[4096], now[4096];

	for (uint32_t vlan = 0; vlan < 4096; vlan++) {
		struct counts *counts = &now[vlan];
		int ret = bcc_table_get(seen, &vlan, sizeof(vlan), counts, sizeof(*counts));

		if (ret < 0)
			return ret;
		if (counts->passed != before[vlan].passed || counts->dropped != before[vlan].dropped)
			printf("%-5u %-8llu %llu\n", vlan, (unsigned long long)counts->passed,
				(unsigned long long)counts->dropped);
		before[vlan] = *counts;
	}
	return 0;
}

int main(int argc, char **argv)
{
	const uint32_t yes = 1;
	struct bcc *b;
	int ret;

	if (argc < 2) {
		fprintf(stderr, "usage: %s DEVICE [VLAN...]\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	ret = bcc_open_text(text, NULL, &b);
	for (int i = 2; i < argc && !ret; i++) {
		uint32_t vlan = atoi(argv[i]);

		ret = bcc_table_set(bcc_table_find(b, "allowed"), &vlan, sizeof(vlan), &yes, sizeof(yes), 0);
	}
	if (!ret)
		ret = bcc_attach_tc(b, "filter", argv[1], NULL, NULL);
	if (!ret)
		printf("%-5s %-8s %s\n", "VLAN", "PASSED", "DROPPED");
	while (!ret) {
		ret = print_changed(bcc_table_find(b, "seen"));
		usleep(100000);
	}
	fprintf(stderr, "%s\n", bcc_error(b));
	bcc_close(b);
	return 1;
}
