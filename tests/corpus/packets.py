# SPDX-License-Identifier: Apache-2.0
"""Packets: filters on sockets and XDP programs, as firewalls, counters and sniffers use them."""
from corpus import *

HEADERS = r"""
#include <uapi/linux/bpf.h>
#include <linux/in.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <linux/tcp.h>
#include <linux/icmp.h>
"""


def send(receiver_gets, *messages):
    """Sends datagrams; those that arrive. The port is the last thing returned."""
    arrived = []
    with datagrams() as (sender, receiver, port):
        for message in messages:
            sender.send(message)
        for _ in range(receiver_gets):
            arrived.append(receiver.recv(2000))
    return arrived, port


@case(HEADERS + r"""
#define KBUILD_MODNAME "foo"
BPF_TABLE(MAPTYPE, uint32_t, long, dropcnt, 256);

static inline int parse_ipv4(void *data, u64 nh_off, void *data_end) {
    struct iphdr *iph = data + nh_off;

    if ((void*)&iph[1] > data_end)
        return 0;
    return iph->protocol;
}

static inline int parse_ipv6(void *data, u64 nh_off, void *data_end) {
    struct ipv6hdr *ip6h = data + nh_off;

    if ((void*)&ip6h[1] > data_end)
        return 0;
    return ip6h->nexthdr;
}

int xdp_prog1(struct CTXTYPE *ctx) {
    void* data_end = (void*)(long)ctx->data_end;
    void* data = (void*)(long)ctx->data;
    struct ethhdr *eth = data;

    // drop packets
    int rc = RETURNCODE; // let pass XDP_PASS or redirect to tx via XDP_TX
    long *value;
    uint16_t h_proto;
    uint64_t nh_off = 0;
    uint32_t index;

    nh_off = sizeof(*eth);
    if (data + nh_off  > data_end)
        return rc;

    h_proto = eth->h_proto;

    // parse double vlans
    #pragma unroll
    for (int i=0; i<2; i++) {
        if (h_proto == htons(ETH_P_8021Q) || h_proto == htons(ETH_P_8021AD)) {
            struct vlan_hdr *vhdr;

            vhdr = data + nh_off;
            nh_off += sizeof(struct vlan_hdr);
            if (data + nh_off > data_end)
                return rc;
            h_proto = vhdr->h_vlan_encapsulated_proto;
        }
    }

    if (h_proto == htons(ETH_P_IP))
        index = parse_ipv4(data, nh_off, data_end);
    else if (h_proto == htons(ETH_P_IPV6))
       index = parse_ipv6(data, nh_off, data_end);
    else
        index = 0;

    value = dropcnt.lookup(&index);
    if (value)
        __sync_fetch_and_add(value, 1);

    return rc;
}
""", replace={"MAPTYPE": '"percpu_array"', "CTXTYPE": "xdp_md", "RETURNCODE": "XDP_PASS"})
def xdp_protocols(b):
    with xdp(b, "xdp_prog1"):
        send(3, b"a", b"b", b"c")
    equal(b["dropcnt"].sum(17).value, 3)


@case(HEADERS + r"""
BPF_HASH(blocked, u16, u64);
BPF_ARRAY(passed, u64, 1);

int xdp_firewall(struct xdp_md *ctx) {
    void *data = (void *)(long)ctx->data;
    void *data_end = (void *)(long)ctx->data_end;
    struct ethhdr *eth = data;
    if ((void *)(eth + 1) > data_end) return XDP_PASS;
    if (eth->h_proto != bpf_htons(ETH_P_IP)) return XDP_PASS;
    struct iphdr *ip = (void *)(eth + 1);
    if ((void *)(ip + 1) > data_end || ip->protocol != IPPROTO_UDP) return XDP_PASS;
    struct udphdr *udp = (void *)ip + ip->ihl * 4;
    if ((void *)(udp + 1) > data_end) return XDP_PASS;
    u16 port = bpf_ntohs(udp->dest);
    u64 *hits = blocked.lookup(&port);
    if (hits) {
        (*hits)++;
        return XDP_DROP;
    }
    passed.increment(0);
    return XDP_PASS;
}
""")
def xdp_firewall(b):
    with xdp(b, "xdp_firewall"), datagrams() as (sender, receiver, port):
        sender.send(b"1")
        equal(receiver.recv(10), b"1")
        b["blocked"][ct.c_ushort(port)] = u64(0)
        sender.send(b"2")
        sender.send(b"3")
        equal(b["blocked"][ct.c_ushort(port)].value, 2)
        del b["blocked"][ct.c_ushort(port)]
        sender.send(b"4")
        equal(receiver.recv(10), b"4")
    equal(slot(b, "passed"), 2)


@case(HEADERS + r"""
struct lpm_key_v4_t {
    u32 prefixlen;
    u8 data[4];
} __attribute__((packed));
BPF_LPM_TRIE(denied, struct lpm_key_v4_t, u32, 128);

int fw(struct xdp_md *ctx) {
    void *data_end = (void *)(long)ctx->data_end;
    void *cursor = (void *)(long)ctx->data;
    struct ethhdr *eth = cursor;
    cursor += sizeof(*eth);
    if (cursor > data_end || ntohs(eth->h_proto) != ETH_P_IP) return XDP_PASS;
    struct iphdr *ip = cursor;
    cursor += sizeof(*ip);
    if (cursor > data_end) return XDP_PASS;
    struct lpm_key_v4_t key = {.prefixlen = 32};
    __builtin_memcpy(key.data, &ip->saddr, 4);
    u32 *hits = denied.lookup(&key);
    if (hits) {
        lock_xadd(hits, 1);
        return XDP_DROP;
    }
    return XDP_PASS;
}
""")
def xdp_subnets(b):
    table = b["denied"]
    with xdp(b, "fw"), datagrams() as (sender, receiver, _):
        sender.send(b"1")
        receiver.recv(10)
        table[table.Key(8, (ct.c_ubyte * 4)(127, 0, 0, 0))] = u32(0)
        sender.send(b"2")
        sender.send(b"3")
        equal([v.value for v in table.values()], [2])
        table.clear()


@case(HEADERS + r"""
#define CURSOR_ADVANCE(_target, _cursor, _len, _data_end) \
    ({  _target = _cursor; _cursor += _len; \
        if (_cursor > _data_end) return XDP_PASS; })

struct eth_tp {
    u64 dst:48;
    u64 src:48;
    u16 type;
} __attribute__((packed));
struct flow_id_t {
    u32 src_ip;
    u32 dst_ip;
    u16 src_port;
    u16 dst_port;
    u16 ip_proto;
} __attribute__((packed));
BPF_TABLE("lru_hash", struct flow_id_t, u64, flows, 1024);

int flow_counter(struct xdp_md *ctx) {
    void *data_end = (void *)(long)ctx->data_end;
    void *cursor = (void *)(long)ctx->data;
    struct eth_tp *eth;
    struct iphdr *ip;
    struct udphdr *udp;
    struct flow_id_t flow = {};

    CURSOR_ADVANCE(eth, cursor, sizeof(*eth), data_end);
    if (ntohs(eth->type) != 0x0800 || eth->dst != 0)
        return XDP_PASS;
    CURSOR_ADVANCE(ip, cursor, sizeof(*ip), data_end);
    if (ip->protocol != IPPROTO_UDP)
        return XDP_PASS;
    CURSOR_ADVANCE(udp, cursor, sizeof(*udp), data_end);
    flow.src_ip = ip->saddr;
    flow.dst_ip = ntohl(ip->daddr);
    flow.src_port = udp->source;
    flow.dst_port = ntohs(udp->dest);
    flow.ip_proto = ip->protocol;
    flows.increment(flow, ntohs(ip->tot_len));
    return XDP_PASS;
}
""")
def xdp_flows(b):
    with xdp(b, "flow_counter"):
        _, port = send(2, b"x" * 72, b"y" * 72)
    equal([(k.dst_ip, k.dst_port, k.ip_proto, v.value) for k, v in b["flows"].items()], [(0x7F000001, port, 17, 200)])


@case(HEADERS + r"""
struct event { u32 saddr; u16 dport; u16 len; u8 payload[8]; };
BPF_RINGBUF_OUTPUT(events, 8);

int sniff(struct xdp_md *ctx) {
    void *data = (void *)(long)ctx->data;
    void *data_end = (void *)(long)ctx->data_end;
    struct ethhdr *eth = data;
    struct iphdr *ip = data + sizeof(*eth);
    struct udphdr *udp = data + sizeof(*eth) + sizeof(*ip);
    u8 *payload = (u8 *)(udp + 1);

    if (payload + 8 > (u8 *)data_end) return XDP_PASS;
    if (eth->h_proto != htons(ETH_P_IP) || ip->protocol != IPPROTO_UDP) return XDP_PASS;
    struct event *e = events.ringbuf_reserve(sizeof(struct event));
    if (!e) return XDP_PASS;
    e->saddr = ip->saddr;
    e->dport = ntohs(udp->dest);
    e->len = ntohs(udp->len) - sizeof(*udp);
    __builtin_memcpy(e->payload, payload, 8);
    events.ringbuf_submit(e, 0);
    return XDP_PASS;
}
""")
def xdp_events(b):
    events = b.listen()
    with xdp(b, "sniff"):
        _, port = send(2, b"payload1", b"another2 and more")
    b.poll()
    equal([(e.dport, e.len, bytes(e.payload)) for e in events], [(port, 8, b"payload1"), (port, 17, b"another2")])


@case(HEADERS + r"""
static __always_inline __u16 csum_fold_helper(__u64 csum) {
    int i;
#pragma unroll
    for (i = 0; i < 4; i++) {
        if (csum >> 16)
            csum = (csum & 0xffff) + (csum >> 16);
    }
    return ~csum;
}

static __always_inline __u16 iph_csum(struct iphdr *iph) {
    iph->check = 0;
    unsigned long long csum = bpf_csum_diff(0, 0, (unsigned int *)iph, sizeof(struct iphdr), 0);
    return csum_fold_helper(csum);
}
BPF_ARRAY(same, u64, 2);

int check(struct xdp_md *ctx) {
    void *data = (void *)(long)ctx->data;
    void *data_end = (void *)(long)ctx->data_end;
    struct ethhdr *eth = data;
    if ((void *)(eth + 1) > data_end) return XDP_PASS;
    if (eth->h_proto != htons(ETH_P_IP)) return XDP_PASS;
    struct iphdr *ip = (struct iphdr *)(eth + 1);
    if ((void *)(ip + 1) > data_end) return XDP_PASS;
    __u16 before = ip->check;
    ip->check = iph_csum(ip);
    same.increment(before == ip->check);
    return XDP_PASS;
}
""")
def xdp_checksum(b):
    with xdp(b, "check"):
        equal(send(2, b"one", b"two")[0], [b"one", b"two"])
    equal((slot(b, "same", 0), slot(b, "same", 1)), (0, 2))


@case(HEADERS + r"""
BPF_PROG_ARRAY(parsers, 4);
BPF_ARRAY(stages, u64, 3);

int parse_eth(struct xdp_md *ctx) {
    stages.increment(0);
    parsers.call(ctx, 1);
    return XDP_PASS;
}
int parse_ip(struct xdp_md *ctx) {
    void *data = (void *)(long)ctx->data, *data_end = (void *)(long)ctx->data_end;
    struct iphdr *ip = data + ETH_HLEN;
    if ((void *)(ip + 1) > data_end) return XDP_PASS;
    stages.increment(1);
    parsers.call(ctx, ip->protocol == IPPROTO_UDP ? 2 : 3);
    return XDP_PASS;
}
int parse_udp(struct xdp_md *ctx) {
    stages.increment(2);
    return XDP_PASS;
}
""")
def xdp_tail_calls(b):
    for index, name in ((1, "parse_ip"), (2, "parse_udp")):
        b["parsers"][ct.c_int(index)] = ct.c_int(b.load_func(name, BPF.XDP).fd)
    with xdp(b, "parse_eth"):
        send(2, b"x", b"y")
    equal([slot(b, "stages", i) for i in range(3)], [2, 2, 2])


@case(HEADERS + r"""
static inline void swap_bytes(u8 *p, int n) {
    #pragma unroll
    for (int i = 0; i < 4; i++) {
        u8 t = p[i];
        p[i] = p[7 - i];
        p[7 - i] = t;
    }
}
int reverse(struct xdp_md *ctx) {
    void *data = (void *)(long)ctx->data, *data_end = (void *)(long)ctx->data_end;
    struct iphdr *ip = data + sizeof(struct ethhdr);
    struct udphdr *udp = (void *)(ip + 1);
    u8 *payload = (void *)(udp + 1);
    if ((void *)(payload + 8) > data_end || ip->protocol != IPPROTO_UDP) return XDP_PASS;
    udp->check = 0;
    swap_bytes(payload, 8);
    return XDP_PASS;
}
""")
def xdp_rewrites(b):
    with xdp(b, "reverse"):
        equal(send(1, b"abcdefgh")[0], [b"hgfedcba"])


@case(HEADERS + r"""
#define MAX_RATE 3
struct bucket { u64 window; u64 count; };
BPF_HASH(rates, u32, struct bucket);
BPF_PERCPU_ARRAY(dropped, u64, 1);

int limit(struct xdp_md *ctx) {
    void *data = (void *)(long)ctx->data, *data_end = (void *)(long)ctx->data_end;
    struct ethhdr *eth = data;
    struct iphdr *ip = (void *)(eth + 1);
    if ((void *)(ip + 1) > data_end || ip->protocol != IPPROTO_UDP) return XDP_PASS;
    u32 source = ip->saddr;
    u64 window = bpf_ktime_get_ns() / 1000000000000ULL;
    struct bucket zero = {.window = window}, *b = rates.lookup_or_try_init(&source, &zero);
    if (!b) return XDP_PASS;
    if (b->window != window) {
        b->window = window;
        b->count = 0;
    }
    if (++b->count > MAX_RATE) {
        dropped.increment(0);
        return XDP_DROP;
    }
    return XDP_PASS;
}
""")
def xdp_rate_limit(b):
    with xdp(b, "limit"):
        equal(send(3, *[b"%d" % i for i in range(5)])[0], [b"0", b"1", b"2"])
    equal(b["dropped"].sum(0).value, 2)


@case(HEADERS + r"""
struct hdr_cursor {
    void *pos;
};

static __always_inline int parse_ethhdr(struct hdr_cursor *nh, void *data_end, struct ethhdr **ethhdr)
{
    struct ethhdr *eth = nh->pos;
    int hdrsize = sizeof(*eth);

    if (nh->pos + hdrsize > data_end)
        return -1;
    nh->pos += hdrsize;
    *ethhdr = eth;
    return eth->h_proto; /* network-byte-order */
}

static __always_inline int parse_iphdr(struct hdr_cursor *nh, void *data_end, struct iphdr **iphdr)
{
    struct iphdr *iph = nh->pos;
    int hdrsize;

    if (iph + 1 > data_end)
        return -1;
    hdrsize = iph->ihl * 4;
    if (hdrsize < sizeof(*iph) || nh->pos + hdrsize > data_end)
        return -1;
    nh->pos += hdrsize;
    *iphdr = iph;
    return iph->protocol;
}

static __always_inline int parse_tcphdr(struct hdr_cursor *nh, void *data_end, struct tcphdr **tcphdr)
{
    int len;
    struct tcphdr *h = nh->pos;

    if (h + 1 > data_end)
        return -1;
    len = h->doff * 4;
    if (len < sizeof(*h) || nh->pos + len > data_end)
        return -1;
    nh->pos += len;
    *tcphdr = h;
    return len;
}

BPF_HASH(flags, u16, u64);
int count_flags(struct xdp_md *ctx)
{
    void *data_end = (void *)(long)ctx->data_end;
    void *data = (void *)(long)ctx->data;
    struct hdr_cursor nh = {.pos = data};
    struct ethhdr *eth;
    struct iphdr *iph;
    struct tcphdr *tcph;
    u16 kind = 0;

    if (parse_ethhdr(&nh, data_end, &eth) != bpf_htons(ETH_P_IP)) return XDP_PASS;
    if (parse_iphdr(&nh, data_end, &iph) != IPPROTO_TCP) return XDP_PASS;
    if (parse_tcphdr(&nh, data_end, &tcph) < 0) return XDP_PASS;
    if (tcph->syn) kind |= 2;
    if (tcph->ack) kind |= 16;
    flags.increment(kind);
    return XDP_PASS;
}
""")
def xdp_tcp_flags(b):
    with xdp(b, "count_flags"), connection():
        pass
    counts = {k.value: v.value for k, v in b["flags"].items()}
    equal((counts[2], counts[18]), (1, 1))


@case(r"""
#include <uapi/linux/ptrace.h>
#include <net/sock.h>
#include <bcc/proto.h>

#define IP_UDP 17
#define ETH_HLEN 14
BPF_HASH(packet_cnt, u64, long, 256);

int packet_monitor(struct __sk_buff *skb) {
    u8 *cursor = 0;
    u32 saddr;
    u32 daddr;
    long* count = 0;
    long one = 1;
    u64 pass_value = 0;

    struct ethernet_t *ethernet = cursor_advance(cursor, sizeof(*ethernet));
    if (!(ethernet -> type == 0x0800)) {
        return 0; // drop
    }
    struct ip_t *ip = cursor_advance(cursor, sizeof(*ip));
    if (ip->nextp != IP_UDP) {
        return 0;
    }
    saddr = ip -> src;
    daddr = ip -> dst;

    pass_value = saddr;
    pass_value = pass_value << 32;
    pass_value = pass_value + daddr;

    count = packet_cnt.lookup(&pass_value);
    if (count)  // check if this map exists
        *count += 1;
    else        // if the map for the key doesn't exist, create one
        packet_cnt.update(&pass_value, &one);
    return -1;
}
""")
def packet_monitor(b):
    with filtered(b, "packet_monitor"):
        send(2, b"x", b"y")
        # both directions of the loopback device are seen
        equal([(k.value, v.value) for k, v in b["packet_cnt"].items()], [(0x7F0000017F000001, 4)])


@case(r"""
#include <net/sock.h>
#include <bcc/proto.h>
#define IP_TCP 6
#define ETH_HLEN 14

int http_filter(struct __sk_buff *skb) {
    u8 *cursor = 0;

    struct ethernet_t *ethernet = cursor_advance(cursor, sizeof(*ethernet));
    //filter IP packets (ethernet type = 0x0800)
    if (!(ethernet->type == 0x0800)) {
        goto DROP;
    }
    struct ip_t *ip = cursor_advance(cursor, sizeof(*ip));
    //filter TCP packets (ip next protocol = 0x06)
    if (ip->nextp != IP_TCP) {
        goto DROP;
    }
    u32 tcp_header_length = 0;
    u32 ip_header_length = 0;
    u32 payload_offset = 0;
    u32 payload_length = 0;

    ip_header_length = ip->hlen << 2;    //SHL 2 -> *4 multiply
    //check ip header length against minimum
    if (ip_header_length < sizeof(*ip)) {
        goto DROP;
    }
    //shift cursor forward for dynamic ip header size
    void *_ = cursor_advance(cursor, (ip_header_length-sizeof(*ip)));
    struct tcp_t *tcp = cursor_advance(cursor, sizeof(*tcp));

    //calculate tcp header length
    tcp_header_length = tcp->offset << 2; //SHL 2 -> *4 multiply
    //calculate payload offset and length
    payload_offset = ETH_HLEN + ip_header_length + tcp_header_length;
    payload_length = ip->tlen - ip_header_length - tcp_header_length;

    //minimum length of http request is always geater than 7 bytes
    if (payload_length < 7) {
        goto DROP;
    }
    //load first 7 byte of payload into p (payload_array)
    //direct access to skb not allowed
    unsigned long p[7];
    int i = 0;
    for (i = 0; i < 7; i++) {
        p[i] = load_byte(skb, payload_offset + i);
    }
    //find a match with an HTTP message
    //HTTP
    if ((p[0] == 'H') && (p[1] == 'T') && (p[2] == 'T') && (p[3] == 'P')) {
        goto KEEP;
    }
    //GET
    if ((p[0] == 'G') && (p[1] == 'E') && (p[2] == 'T')) {
        goto KEEP;
    }
    //no HTTP match
    goto DROP;

    //keep the packet and send it to userspace returning -1
    KEEP:
    return -1;

    //drop the packet returning 0
    DROP:
    return 0;
}
""")
def http_filter(b):
    with filtered(b, "http_filter") as raw, connection() as (client, peer, _):
        raw.settimeout(20)
        client.sendall(b"nothing to see")
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        true(raw.recv(2000).endswith(b"GET / HTTP/1.0\r\n\r\n"))
        raw.recv(2000)
        peer.sendall(b"HTTP/1.0 404 Not found\r\n\r\n")
        true(raw.recv(2000).endswith(b"HTTP/1.0 404 Not found\r\n\r\n"))


@case(r"""
#include <bcc/proto.h>
struct dns_hdr_t {
    uint16_t id;
    uint16_t flags;
    uint16_t qdcount;
    uint16_t ancount;
    uint16_t nscount;
    uint16_t arcount;
} BPF_PACKET_HEADER;
struct dns_query_flags_t { unsigned char qr:1, opcode:4, aa:1, tc:1, rd:1; } BPF_PACKET_HEADER;
struct dns_char_t { char c; } BPF_PACKET_HEADER;
struct Key { unsigned char p[32]; };
BPF_HASH(cache, struct Key, u64, 128);

int dns_matching(struct __sk_buff *skb)
{
    u8 *cursor = 0;
    struct Key key = {};
    // Check of ethernet/IP frame.
    struct ethernet_t *ethernet = cursor_advance(cursor, sizeof(*ethernet));
    if (ethernet->type == ETH_P_IP) {
        // Check for UDP.
        struct ip_t *ip = cursor_advance(cursor, sizeof(*ip));
        u16 hlen_bytes = ip->hlen << 2;
        if (ip->nextp == IPPROTO_UDP) {
            // Check for Port 53, DNS packet.
            struct udp_t *udp = cursor_advance(cursor, sizeof(*udp));
            if (udp->dport == DNSPORT) {
                struct dns_hdr_t *dns_hdr = cursor_advance(cursor, sizeof(*dns_hdr));
                // Do nothing if packet is not a request.
                if ((dns_hdr->flags >> 15) != 0) return 0;
                u16 i = 0;
                struct dns_char_t *c;
                #pragma unroll
                for (i = 0; i < 32; i++) {
                    c = cursor_advance(cursor, 1);
                    if (c->c == 0)
                        break;
                    key.p[i] = c->c;
                }
                cache.increment(key);
            }
        }
    }
    return -1;
}
""", replace={"DNSPORT": "5353"})
def dns_matching(b):
    query = struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0) + b"\3foo\3bar\0" + struct.pack(">HH", 1, 1)
    with filtered(b, "dns_matching"), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 5353))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(query, ("127.0.0.1", 5353))
        server.recv(100)
        equal({bytes(k.p).rstrip(b"\0"): v.value for k, v in b["cache"].items()}, {b"\3foo\3bar": 2})


@case(r"""
#include <uapi/linux/if_ether.h>
#include <uapi/linux/ip.h>
#include <bcc/proto.h>
struct data_t { u32 saddr; u32 daddr; u16 protocol; u32 size; };
BPF_PERF_OUTPUT(events);

int packet_monitor(struct __sk_buff *skb) {
    struct data_t data = {};
    u8 *cursor = 0;
    // Start parsing packet
    struct ethernet_t *ethernet = cursor_advance(cursor, sizeof(*ethernet));
    if (ethernet->type != 0x0800) {
        return 0; // Only IPv4
    }
    struct ip_t *ip = cursor_advance(cursor, sizeof(*ip));
    data.saddr = ip->src;
    data.daddr = ip->dst;
    data.protocol = ip->nextp;
    data.size = ip->tlen;
    // Submit only the struct data_t, not the whole packet
    events.perf_submit(skb, &data, sizeof(data));
    return 0;
}
""")
def packet_events(b):
    events = b.listen()
    with filtered(b, "packet_monitor"):
        send(1, b"x" * 12)
    b.poll()
    equal([(e.saddr, e.daddr, e.protocol, e.size) for e in events], [(0x7F000001, 0x7F000001, 17, 40)] * 2)


@case(r"""
#include <bcc/proto.h>
struct gre_t {
  unsigned short flags;
  unsigned short protocol;
} BPF_PACKET_HEADER;

BPF_TABLE("hash", u32, u32, endpoints, 1024);
struct match {
  u16 sport;
  u16 dport;
  u8 proto;
  u8 direction;
};
BPF_TABLE("hash", struct match, int, rules, 1024);

static int handle(void *skb) {
  u8 *cursor = 0;
  struct match m = {};
  int ret = 0;

  ethernet: {
    struct ethernet_t *ethernet = cursor_advance(cursor, sizeof(*ethernet));
    u16 ethertype = ethernet->type;
    switch (ethertype) {
    case ETH_P_IP: goto ip;
    case ETH_P_IPV6: goto ip6;
    case ETH_P_ARP: goto arp;
    default: goto DONE;
    }
  }

  ip: {
    struct ip_t *ip = cursor_advance(cursor, sizeof(*ip));
    m.proto = ip->nextp;
    switch (m.proto) {
      case 1: goto icmp;
      case 6: goto tcp;
      case 17: goto udp;
      case 47: {
        struct gre_t *gre = cursor_advance(cursor, sizeof(*gre));
        m.sport = gre->protocol;
        goto EOP;
      }
      default: goto DONE;
    }
  }

  ip6: {
    goto DONE;
  }

  arp: {
    goto DONE;
  }

  icmp: {
    struct icmp_t *icmp = cursor_advance(cursor, sizeof(*icmp));
    goto EOP;
  }

  tcp: {
    struct tcp_t *tcp = cursor_advance(cursor, sizeof(*tcp));
    m.dport = tcp->dst_port;
    goto EOP;
  }

  udp: {
    struct udp_t *udp = cursor_advance(cursor, sizeof(*udp));
    m.dport = udp->dport;
    goto EOP;
  }

  EOP: {
    int *hit = rules.lookup(&m);
    if (hit) { lock_xadd(hit, 1); ret = -1; }
  }
  DONE:
  return ret;
}
int classify(struct __sk_buff *skb) { return handle(skb); }
""")
def state_machine(b):
    with datagrams() as (sender, receiver, port):
        rules = b["rules"]
        rules[rules.Key(0, port, 17, 0)] = ct.c_int(0)
        with filtered(b, "classify") as raw:
            sender.send(b"x" * 4)
            receiver.recv(10)
            raw.settimeout(20)
            true(raw.recv(2000).endswith(b"xxxx"))
        equal([v.value for v in rules.values()], [2])


@case(r"""
BPF_ARRAY(kinds, u64, 3);
int with_pointers(struct __sk_buff *skb) {
    u8 version = 0;
    if (bpf_skb_load_bytes(skb, ETH_HLEN, &version, 1) < 0) return 0;
    kinds.increment(version >> 4 == 4 ? 0 : version >> 4 == 6 ? 1 : 2);
    return 0;
}
""")
def load_bytes(b):
    with filtered(b, "with_pointers"):
        send(1, b"x")
        with connection(socket.AF_INET6):
            pass
    equal((slot(b, "kinds", 0), slot(b, "kinds", 2)), (2, 0))
    true(slot(b, "kinds", 1) >= 6)


@case(r"""
BPF_HASH(lengths, u32, u64);
int count_packets(struct __sk_buff *skb) {
    u32 len = skb->len;
    u64 *n, zero = 0;
    if (skb->protocol != htons(ETH_P_IP)) return 0;
    n = lengths.lookup_or_init(&len, &zero);
    (*n)++;
    return 0;
}
""")
def packet_lengths(b):
    with filtered(b, "count_packets"):
        send(2, b"x" * 58, b"y" * 58)
    equal({k.value: v.value for k, v in b["lengths"].items()}, {100: 4})


@case(HEADERS + r"""
struct conn { u8 state; u32 seq; };
BPF_HASH(conns, u16, struct conn);
BPF_ARRAY(opened, u64, 1);
int track(struct xdp_md *ctx) {
    void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
    struct {
        struct ethhdr eth;
        struct iphdr ip;
        struct tcphdr tcp;
    } __attribute__((packed)) *h = data;
    if ((void *)(h + 1) > end || h->ip.protocol != IPPROTO_TCP || h->ip.ihl != 5) return XDP_PASS;
    u16 from = ntohs(h->tcp.source), to = ntohs(h->tcp.dest);
    struct conn c = {}, *known;
    if (h->tcp.syn && !h->tcp.ack) {
        c.state = 1;
        c.seq = ntohl(h->tcp.seq);
        conns.insert(&from, &c);
    } else if (h->tcp.syn && (known = conns.lookup(&to))) {
        if (ntohl(h->tcp.ack_seq) == known->seq + 1)
            known->state = 2;
    } else if (h->tcp.ack && (known = conns.lookup(&from)) && known->state == 2) {
        known->state = 3;
        opened.atomic_increment(0);
    }
    return XDP_PASS;
}
""")
def xdp_handshakes(b):
    with xdp(b, "track"):
        for _ in range(2):
            with connection():
                pass
    equal(slot(b, "opened"), 2)


@case(HEADERS + r"""
#include <linux/jhash.h>
BPF_ARRAY(buckets, u64, 8);
int spread(struct xdp_md *ctx) {
    void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
    struct ethhdr *eth = data;
    struct iphdr *ip = (void *)(eth + 1);
    struct udphdr *udp = (void *)(ip + 1);
    if ((void *)(udp + 1) > end || ip->protocol != IPPROTO_UDP) return XDP_PASS;
    u32 hash = jhash_3words(ip->saddr, ip->daddr, udp->dest, 0);
    buckets.increment(hash % 8);
    return XDP_PASS;
}
""")
def xdp_hash(b):
    with xdp(b, "spread"):
        send(5, *[b"x"] * 5)
    equal(sorted(v.value for v in b["buckets"].values()), [0] * 7 + [5])


@case(HEADERS + r"""
struct meta { u32 queue, ifindex; u64 length; };
BPF_ARRAY(last, struct meta, 1);
int look(struct xdp_md *ctx) {
    int zero = 0;
    struct meta m = {ctx->rx_queue_index, ctx->ingress_ifindex, ctx->data_end - ctx->data};
    last.update(&zero, &m);
    return XDP_PASS;
}
""")
def xdp_context(b):
    with xdp(b, "look"):
        send(1, b"x" * 18)
    m = b["last"][ct.c_int(0)]
    equal((m.queue, m.ifindex, m.length), (0, 1, 60))
