/* Headers of network packets. A field that is accessed with -> through a cursor (cursor_advance() of
 * bcc/packets.h) is read from and written to the current packet, in host byte order; the members are in
 * network order, high bits first, bit fields too. */
#pragma once
#include <linux/types.h>
#include <linux/socket.h>
#include <uapi/linux/if_ether.h>

/* Turns a struct of the text into a packet header: this tag makes clang mark each access to a field, and the
 * rewriter knows the marks. */
#define BPF_PACKET_HEADER __attribute__((packed, btf_decl_tag("bcc_packet_header")))

struct ethernet_t {
	u64 dst : 48;
	u64 src : 48;
	u32 type : 16;
} BPF_PACKET_HEADER;

/* IEEE 802.1Q: what follows a type of 0x8100 */
struct dot1q_t {
	u16 pri : 3;
	u16 cfi : 1;
	u16 vlanid : 12;
	u16 type;
} BPF_PACKET_HEADER;

/* RFC 826, for Ethernet and IPv4 */
struct arp_t {
	u16 htype;
	u16 ptype;
	u8 hlen;
	u8 plen;
	u16 oper;
	u64 sha : 48;
	u64 spa : 32;
	u64 tha : 48;
	u32 tpa;
} BPF_PACKET_HEADER;

/* RFC 791; hlen counts words of four bytes */
struct ip_t {
	u8 ver : 4;
	u8 hlen : 4;
	u8 tos;
	u16 tlen;
	u16 identification;
	u16 ffo_unused : 1;
	u16 df : 1;
	u16 mf : 1;
	u16 foffset : 13;
	u8 ttl;
	u8 nextp;
	u16 hchecksum;
	u32 src;
	u32 dst;
} BPF_PACKET_HEADER;

/* RFC 792 */
struct icmp_t {
	u8 type;
	u8 code;
	u16 checksum;
} BPF_PACKET_HEADER;

/* RFC 8200 */
struct ip6_t {
	u32 ver : 4;
	u32 priority : 8;
	u32 flow_label : 20;
	u16 payload_len;
	u8 next_header;
	u8 hop_limit;
	u64 src_hi;
	u64 src_lo;
	u64 dst_hi;
	u64 dst_lo;
} BPF_PACKET_HEADER;

/* RFC 8200, 4.3 and 4.6: hop-by-hop and destination options; ext_len counts 8-byte units after the first
 * one */
struct ip6_opt_t {
	u8 next_header;
	u8 ext_len;
	u8 pad[6];
} BPF_PACKET_HEADER;

/* RFC 4443 */
struct icmp6_t {
	u8 type;
	u8 code;
	u16 checksum;
} BPF_PACKET_HEADER;

/* RFC 768 */
struct udp_t {
	u16 sport;
	u16 dport;
	u16 length;
	u16 crc;
} BPF_PACKET_HEADER;

/* RFC 9293; offset counts words of four bytes */
struct tcp_t {
	u16 src_port;
	u16 dst_port;
	u32 seq_num;
	u32 ack_num;
	u8 offset : 4;
	u8 reserved : 4;
	u8 flag_cwr : 1;
	u8 flag_ece : 1;
	u8 flag_urg : 1;
	u8 flag_ack : 1;
	u8 flag_psh : 1;
	u8 flag_rst : 1;
	u8 flag_syn : 1;
	u8 flag_fin : 1;
	u16 rcv_wnd;
	u16 cksum;
	u16 urg_ptr;
} BPF_PACKET_HEADER;

/* RFC 7348 */
struct vxlan_t {
	u32 rsv1 : 4;
	u32 iflag : 1;
	u32 rsv2 : 3;
	u32 rsv3 : 24;
	u32 key : 24;
	u32 rsv4 : 8;
} BPF_PACKET_HEADER;

/* VXLAN with a group policy (draft-smith-vxlan-group-policy) */
struct vxlan_gbp_t {
	u32 gflag : 1;
	u32 rsv1 : 3;
	u32 iflag : 1;
	u32 rsv2 : 3;
	u32 rsv3 : 1;
	u32 dflag : 1;
	u32 rsv4 : 2;
	u32 aflag : 1;
	u32 rsv5 : 3;
	u32 tag : 16;
	u32 key : 24;
	u32 rsv6 : 8;
} BPF_PACKET_HEADER;
