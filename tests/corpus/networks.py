# SPDX-License-Identifier: Apache-2.0
"""Connections and sockets: who talks to whom, how much, and how long it takes."""
from corpus import *


@case(r"""
#include <uapi/linux/ptrace.h>
#include <net/sock.h>
#include <bcc/proto.h>

BPF_HASH(currsock, u32, struct sock *);
struct ipv4_data_t { u32 pid; u32 saddr; u32 daddr; u16 dport; char task[TASK_COMM_LEN]; };
BPF_PERF_OUTPUT(ipv4_events);

int trace_connect_entry(struct pt_regs *ctx, struct sock *sk)
{
    u32 pid = bpf_get_current_pid_tgid();
    FILTER
    // stash the sock ptr for lookup on return
    currsock.update(&pid, &sk);
    return 0;
};

static int trace_connect_return(struct pt_regs *ctx, short ipver)
{
    int ret = PT_REGS_RC(ctx);
    u32 pid = bpf_get_current_pid_tgid();
    struct sock **skpp;
    skpp = currsock.lookup(&pid);
    if (skpp == 0) {
        return 0;   // missed entry
    }
    if (ret != 0) {
        currsock.delete(&pid);
        return 0;
    }
    struct sock *skp = *skpp;
    u16 dport = skp->__sk_common.skc_dport;
    if (ipver == 4) {
        struct ipv4_data_t data4 = {.pid = pid};
        data4.saddr = skp->__sk_common.skc_rcv_saddr;
        data4.daddr = skp->__sk_common.skc_daddr;
        data4.dport = ntohs(dport);
        bpf_get_current_comm(&data4.task, sizeof(data4.task));
        ipv4_events.perf_submit(ctx, &data4, sizeof(data4));
    }
    currsock.delete(&pid);
    return 0;
}

int trace_connect_v4_return(struct pt_regs *ctx)
{
    return trace_connect_return(ctx, 4);
}
""", replace={"FILTER": "if (pid != PID) { return 0; }"})
def tcp_connect(b):
    b.attach_kprobe(event="tcp_v4_connect", fn_name="trace_connect_entry")
    b.attach_kretprobe(event="tcp_v4_connect", fn_name="trace_connect_v4_return")
    events = b.listen("ipv4_events")
    with connection() as (_, _, port):
        b.poll()
    equal([(e.saddr, e.daddr, e.dport) for e in mine(events)], [(0x0100007F, 0x0100007F, port)])


@case(r"""
#include <net/sock.h>
#include <net/inet_sock.h>
struct accept { u32 pid; u32 laddr; u16 lport; u16 rport; u16 family; };
BPF_PERF_OUTPUT(events);

int kretprobe__inet_csk_accept(struct pt_regs *ctx)
{
    struct sock *newsk = (struct sock *)PT_REGS_RC(ctx);
    struct accept a = {.pid = bpf_get_current_pid_tgid() >> 32};
    if (newsk == NULL) return 0;
    u16 protocol = newsk->sk_protocol;
    if (protocol != IPPROTO_TCP) return 0;
    struct inet_sock *inet = inet_sk(newsk);
    a.family = newsk->__sk_common.skc_family;
    a.lport = newsk->__sk_common.skc_num;
    a.rport = ntohs(newsk->__sk_common.skc_dport);
    bpf_probe_read_kernel(&a.laddr, sizeof(a.laddr), &inet->inet_rcv_saddr);
    if (a.pid == PID)
        events.perf_submit(ctx, &a, sizeof(a));
    return 0;
}
""")
def tcp_accept(b):
    events = b.listen()
    with connection() as (client, _, port):
        b.poll()
        equal([(e.laddr, e.lport, e.rport, e.family) for e in events], [(0x0100007F, port, client.getsockname()[1], 2)])


@case(r"""
struct id_t { u64 skaddr; u16 sport, dport; u32 from, to; };
BPF_PERF_OUTPUT(events);
struct event { u32 pid; u16 sport; u16 dport; int oldstate; int newstate; u8 saddr[4]; u16 family; };

TRACEPOINT_PROBE(sock, inet_sock_set_state)
{
    if (args->protocol != IPPROTO_TCP) return 0;
    struct event e = {.sport = args->sport, .dport = args->dport, .family = args->family};
    e.pid = bpf_get_current_pid_tgid() >> 32;
    e.oldstate = args->oldstate;
    e.newstate = args->newstate;
    __builtin_memcpy(&e.saddr, args->saddr, sizeof(e.saddr));
    if (e.newstate == TCP_SYN_SENT || e.newstate == TCP_LISTEN)
        events.perf_submit(args, &e, sizeof(e));
    return 0;
}
""")
def tcp_states(b):
    events = b.listen()
    with connection() as (_, _, port):
        b.poll()
    own = mine(events)
    equal([(e.oldstate, e.newstate, bytes(e.saddr)) for e in own], [(7, 10, b"\x7f\0\0\1"), (7, 2, own[1].saddr and bytes(own[1].saddr))])
    equal((own[0].sport, own[1].dport), (port, port))


@case(r"""
#include <net/sock.h>
struct key_t { u32 pid; u16 lport; u16 dport; };
BPF_HASH(send_bytes, struct key_t);

int kprobe__tcp_sendmsg(struct pt_regs *ctx, struct sock *sk, struct msghdr *msg, size_t size)
{
    u16 dport = 0, family = sk->__sk_common.skc_family;
    if (family != AF_INET || bpf_get_current_pid_tgid() >> 32 != PID) return 0;
    struct key_t key = {.pid = PID};
    key.lport = sk->__sk_common.skc_num;
    dport = sk->__sk_common.skc_dport;
    key.dport = ntohs(dport);
    send_bytes.increment(key, size);
    return 0;
}
""")
def tcp_top(b):
    with connection() as (client, peer, port):
        client.sendall(b"x" * 1000)
        client.sendall(b"y" * 234)
        peer.sendall(b"z" * 50)
        equal({(k.lport == port): v.value for k, v in b["send_bytes"].items()}, {False: 1234, True: 50})


@case(r"""
#include <net/sock.h>
#include <net/tcp.h>
#include <linux/tcp.h>
struct measures { u64 sent, received; u32 mss, window, state; int ca; };
BPF_HASH(sockets, u16, struct measures);

int kprobe__tcp_close(struct pt_regs *ctx, struct sock *sk)
{
    struct tcp_sock *tp = (struct tcp_sock *)sk;
    struct inet_connection_sock *icsk = inet_csk(sk);
    u16 port = sk->__sk_common.skc_num;
    struct measures m = {};

    if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;
    m.sent = tp->bytes_acked;
    m.received = tp->bytes_received;
    m.mss = tp->mss_cache;
    m.window = tp->snd_cwnd;
    m.state = sk->__sk_common.skc_state;
    m.ca = icsk->icsk_ca_ops != 0;
    sockets.update(&port, &m);
    return 0;
}
""")
def tcp_close(b):
    with connection() as (client, peer, port):
        client.sendall(b"x" * 100)
        equal(peer.recv(100, socket.MSG_WAITALL), b"x" * 100)
        peer.sendall(b"y" * 7)
        equal(client.recv(7, socket.MSG_WAITALL), b"y" * 7)
        mine_ = client.getsockname()[1]
        client.close()
        m = b["sockets"][ct.c_ushort(mine_)]
    equal((m.received, m.ca), (7, 1))
    true(m.window > 0 and m.mss > 500, (m.window, m.mss))


@case(r"""
struct event { u32 pid; u32 addr; u16 port; u16 family; u64 len; };
BPF_PERF_OUTPUT(events);

TRACEPOINT_PROBE(syscalls, sys_enter_connect) {
    struct event e = {.pid = bpf_get_current_pid_tgid() >> 32};
    struct sockaddr_in sa = {};
    bpf_probe_read_user(&sa, sizeof(sa), (void *)args->uservaddr);
    e.family = sa.sin_family;
    e.addr = sa.sin_addr.s_addr;
    e.port = bpf_ntohs(sa.sin_port);
    e.len = args->addrlen;
    if (e.family == AF_INET)
        events.perf_submit(args, &e, sizeof(e));
    return 0;
}
""")
def connect_address(b):
    events = b.listen()
    with connection() as (_, _, port):
        b.poll()
    equal([(e.addr, e.port, e.family, e.len) for e in mine(events)], [(0x0100007F, port, 2, 16)])


@case(r"""
struct event { u32 pid; char path[108]; };
BPF_RINGBUF_OUTPUT(events, 4);
TRACEPOINT_PROBE(syscalls, sys_enter_connect) {
    struct sockaddr_un *un = (struct sockaddr_un *)args->uservaddr;
    sa_family_t family = 0;
    bpf_probe_read_user(&family, sizeof(family), &un->sun_family);
    if (family != AF_UNIX || bpf_get_current_pid_tgid() >> 32 != PID)
        return 0;
    struct event *e = events.ringbuf_reserve(sizeof(struct event));
    if (!e) return 0;
    e->pid = PID;
    bpf_probe_read_user_str(e->path, sizeof(e->path), un->sun_path);
    events.ringbuf_submit(e, 0);
    return 0;
}
""")
def unix_connect(b):
    events = b.listen()
    with socket.socket(socket.AF_UNIX) as s:
        s.connect_ex("/nonexistent/socket")
    b.poll()
    equal([e.path for e in events], [b"/nonexistent/socket"])


@case(r"""
#include <net/sock.h>
struct listen_evt_t { u64 laddr; u64 lport; u64 netns; u64 backlog; u32 pid; };
BPF_PERF_OUTPUT(listen_evt);

int kprobe__inet_listen(struct pt_regs *ctx, struct socket *sock, int backlog)
{
    // Cast types. Intermediate cast not needed, kept for readability
    struct sock *sk = sock->sk;
    struct inet_sock *inet = inet_sk(sk);
    u32 laddr = 0;
    u16 lport = 0;

    bpf_probe_read_kernel(&laddr, sizeof(laddr), &(inet->inet_rcv_saddr));
    bpf_probe_read_kernel(&lport, sizeof(lport), &(inet->inet_sport));
    u32 netns = 0;
    netns = sk->__sk_common.skc_net.net->ns.inum;
    struct listen_evt_t evt = {
        .laddr = ntohl(laddr),
        .lport = ntohs(lport),
        .netns = netns,
        .backlog = backlog,
        .pid = bpf_get_current_pid_tgid() >> 32,
    };
    listen_evt.perf_submit(ctx, &evt, sizeof(evt));
    return 0;
};
""")
def inet_listen(b):
    events = b.listen("listen_evt")
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(17)
        port = server.getsockname()[1]
    b.poll()
    equal([(e.laddr, e.backlog, e.netns) for e in mine(events) if e.backlog == 17], [(0x7F000001, 17, os.stat("/proc/self/ns/net").st_ino)])


@case(r"""
#include <linux/skbuff.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <net/sock.h>
struct event { u32 pid; u16 sport, dport; u64 len; };
BPF_PERF_OUTPUT(events);

int trace_udp_sendmsg(struct pt_regs *ctx, struct sock *sk, struct msghdr *msg, size_t len)
{
    struct event e = {.pid = bpf_get_current_pid_tgid() >> 32, .len = len};
    struct inet_sock *is = inet_sk(sk);
    e.sport = ntohs(is->inet_sport);
    e.dport = ntohs(sk->__sk_common.skc_dport);
    events.perf_submit(ctx, &e, sizeof(e));
    return 0;
}
""")
def udp_send(b):
    b.attach_kprobe(event="udp_sendmsg", fn_name="trace_udp_sendmsg")
    events = b.listen()
    with datagrams() as (sender, receiver, port):
        sender.send(b"12345")
        receiver.recv(10)
        source = sender.getsockname()[1]
    b.poll()
    equal([(e.sport, e.dport, e.len) for e in mine(events)], [(source, port, 5)])


@case(r"""
#include <linux/skbuff.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <linux/if_ether.h>
struct seen { u32 saddr, daddr; u16 dest; u16 len; u8 protocol; u8 ttl; };
BPF_HASH(packets, u16, struct seen);

static inline struct iphdr *skb_to_iphdr(const struct sk_buff *skb)
{
    // unstable API. verify logic in ip_hdr() -> skb_network_header().
    return (struct iphdr *)(skb->head + skb->network_header);
}

static struct udphdr *skb_to_udphdr(const struct sk_buff *skb)
{
    return (struct udphdr *)(skb->head + skb->transport_header);
}

RAW_TRACEPOINT_PROBE(net_dev_queue)
{
    struct sk_buff *skb = (struct sk_buff *)ctx->args[0];
    struct iphdr *ip = skb_to_iphdr(skb);
    struct udphdr *udp = skb_to_udphdr(skb);
    struct seen s = {};

    if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;
    if (skb->protocol != htons(ETH_P_IP) || ip->protocol != IPPROTO_UDP) return 0;
    s.saddr = ip->saddr;
    s.daddr = ip->daddr;
    s.protocol = ip->protocol;
    s.ttl = ip->ttl;
    s.dest = ntohs(udp->dest);
    s.len = ntohs(udp->len);
    packets.update(&s.dest, &s);
    return 0;
}
""")
def queued_packets(b):
    with datagrams() as (sender, receiver, port):
        sender.send(b"x" * 30)
        receiver.recv(100)
    s = b["packets"][ct.c_ushort(port)]
    equal((s.saddr, s.daddr, s.len, s.protocol, s.ttl), (0x0100007F, 0x0100007F, 38, 17, 64))


@case(r"""
struct dev_stats { u64 packets; u64 bytes; };
struct dev_key { char name[IFNAMSIZ]; };
BPF_HASH(devices, struct dev_key, struct dev_stats);
TRACEPOINT_PROBE(net, net_dev_queue)
{
    struct dev_key key = {};
    struct dev_stats *s, zero = {};
    if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;
    TP_DATA_LOC_READ_CONST(&key.name, name, IFNAMSIZ);
    key.name[2] = 0;
    __builtin_memset(&key.name[3], 0, sizeof(key.name) - 3);
    s = devices.lookup_or_try_init(&key, &zero);
    if (s) {
        s->packets += 1;
        s->bytes += args->len;
    }
    return 0;
}
""")
def device_statistics(b):
    with datagrams() as (sender, receiver, port):
        for _ in range(3):
            sender.send(b"x" * 58)
            receiver.recv(100)
    (s,) = [v for k, v in b["devices"].items() if k.name == b"lo"]
    equal((s.packets, s.bytes), (3, 300))


@case(r"""
#include <net/sock.h>
BPF_HASH(kinds, u32, u64);
int on_create(struct pt_regs *ctx, int family, int type, int protocol)
{
    u32 key = family << 16 | (type & 0xf);
    if (bpf_get_current_pid_tgid() >> 32 == PID)
        kinds.increment(key);
    return 0;
}
""")
def socket_kinds(b):
    b.attach_kprobe(event="__sys_socket", fn_name="on_create")
    for family, kind in ((socket.AF_INET, socket.SOCK_STREAM), (socket.AF_INET6, socket.SOCK_DGRAM), (socket.AF_UNIX, socket.SOCK_STREAM)):
        socket.socket(family, kind).close()
    equal({k.value: v.value for k, v in b["kinds"].items()}, {0x20001: 1, 0xA0002: 1, 0x10001: 1})


@case(r"""
struct dns_event { u32 pid; u16 id; u16 questions; char name[48]; };
BPF_PERF_OUTPUT(dns_events);

TRACEPOINT_PROBE(syscalls, sys_enter_sendto) {
    struct dns_event e = {};
    u8 header[12] = {};
    u8 *payload = (u8 *)args->buff;

    e.pid = bpf_get_current_pid_tgid() >> 32;
    if (e.pid != PID || args->len < 17) return 0;
    bpf_probe_read_user(header, sizeof(header), payload);
    e.id = (u16)header[0] << 8 | header[1];
    e.questions = (u16)header[4] << 8 | header[5];
    if (header[2] & 0x80 || e.questions != 1) return 0;
    bpf_probe_read_user_str(e.name, sizeof(e.name), payload + 12);
    for (int i = 0; i < sizeof(e.name) - 1; i++) {
        if (e.name[i] == 0) break;
        if (e.name[i] < 32) e.name[i] = '.';
    }
    dns_events.perf_submit(args, &e, sizeof(e));
    return 0;
}
""")
def dns_queries(b):
    events = b.listen("dns_events")
    query = struct.pack(">HHHHHH", 0xABCD, 0x0100, 1, 0, 0, 0) + b"\3www\7example\3org\0" + struct.pack(">HH", 1, 1)
    with datagrams() as (sender, receiver, port):
        sender.send(query)
        sender.send(query[:2] + b"\x81" + query[3:])
    b.poll()
    equal([(e.id, e.questions, e.name) for e in events], [(0xABCD, 1, b".www.example.org")])


@case(r"""
#define MAX_MSG 48
struct http_event { u32 pid; u32 fd; u64 len; char data[MAX_MSG]; };
BPF_PERCPU_ARRAY(scratch, struct http_event, 1);
BPF_HASH(active, u64, const char *);
BPF_PERF_OUTPUT(events);

static __always_inline bool is_http(const char *data)
{
    if (data[0] == 'G' && data[1] == 'E' && data[2] == 'T' && data[3] == ' ') return true;
    if (data[0] == 'P' && data[1] == 'O' && data[2] == 'S' && data[3] == 'T') return true;
    return data[0] == 'H' && data[1] == 'T' && data[2] == 'T' && data[3] == 'P';
}

TRACEPOINT_PROBE(syscalls, sys_enter_recvfrom) {
    u64 id = bpf_get_current_pid_tgid();
    const char *buf = (const char *)args->ubuf;
    if (id >> 32 == PID)
        active.update(&id, &buf);
    return 0;
}

TRACEPOINT_PROBE(syscalls, sys_exit_recvfrom) {
    u64 id = bpf_get_current_pid_tgid();
    const char **buf = active.lookup(&id);
    int zero = 0;
    struct http_event *e = scratch.lookup(&zero);
    if (!buf || !e) return 0;
    if (args->ret > 0) {
        u64 n = args->ret;
        e->pid = id >> 32;
        e->len = n;
        if (n > MAX_MSG) n = MAX_MSG;
        __builtin_memset(e->data, 0, sizeof(e->data));
        bpf_probe_read_user(e->data, n, *buf);
        if (is_http(e->data))
            events.perf_submit(args, e, sizeof(*e));
    }
    active.delete(&id);
    return 0;
}
""")
def http_requests(b):
    events = b.listen()
    with connection() as (client, peer, _):
        for message in (b"GET /index.html HTTP/1.1\r\n\r\n", b"binary", b"POST /a HTTP/1.0\r\n\r\n"):
            client.sendall(message)
            peer.recv(1000)
        peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100)
        client.recv(1000)
    b.poll()
    equal([(e.len, e.data.split(b" ")[0]) for e in events], [(28, b"GET"), (20, b"POST"), (119, b"HTTP/1.1")])


@case(r"""
#include <net/sock.h>
struct err { u32 pid; int ret; u16 port; };
BPF_HASH(ports, u64, u16);
BPF_PERF_OUTPUT(events);
TRACEPOINT_PROBE(syscalls, sys_enter_bind) {
    u64 id = bpf_get_current_pid_tgid();
    struct sockaddr_in in = {};
    bpf_probe_read_user(&in, sizeof(in), args->umyaddr);
    u16 port = ntohs(in.sin_port);
    if (id >> 32 == PID) ports.update(&id, &port);
    return 0;
}
TRACEPOINT_PROBE(syscalls, sys_exit_bind) {
    u64 id = bpf_get_current_pid_tgid();
    u16 *port = ports.lookup(&id);
    if (!port) return 0;
    struct err e = {id >> 32, args->ret, *port};
    events.perf_submit(args, &e, sizeof(e));
    ports.delete(&id);
    return 0;
}
""")
def bind_errors(b):
    events = b.listen()
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 4321))
        try:
            second.bind(("127.0.0.1", 4321))
        except OSError:
            pass
    b.poll()
    equal([(e.port, e.ret) for e in events], [(4321, 0), (4321, -98)])


@case(r"""
struct sock_key { u64 cookie; };
BPF_HASH(options, u32, u64);
TRACEPOINT_PROBE(syscalls, sys_enter_setsockopt) {
    u32 key = args->level << 8 | args->optname;
    int value = 0;
    if (bpf_get_current_pid_tgid() >> 32 != PID) return 0;
    bpf_probe_read_user(&value, sizeof(value), args->optval);
    options.increment(key, value);
    return 0;
}
""")
def socket_options(b):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4000)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    equal({k.value: v.value for k, v in b["options"].items()}, {1 << 8 | 8: 4000, 6 << 8 | 1: 1})
