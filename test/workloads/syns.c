// SPDX-License-Identifier: Apache-2.0
// SYNs that a listener drops or answers with cookies, from a raw socket, in a network namespace of
// its own.
//
//   syns [--wait] [--family 4|6] [--backlog N] [--syncookies N] [--linger N]
//        [--whole N] [--half N] [--acks] [--noroute N] [--shared N] [--errors N]
//
// --whole: handshakes that end at once. --half: SYNs whose SYN-ACK nobody answers, with --acks only
// later, all of them at once. --noroute: from where no way leads back. --shared:
// to a broadcast or (IPv6) anycast address. --errors: so many of the --half ones are then ended by
// an ICMP error. --linger: the listener stays so many seconds after the last word.
//
// Says `ready pid=… port=… inodes=…`, with --wait then waits for a line on stdin, sends, and says
// `sent=… overflows=… drops=… … socket_drops=…`: how far counts of the network namespace and of the
// listener have grown.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <getopt.h>
#include <linux/filter.h>
#include <net/route.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "netstat.h"

enum {
	ETH_P_IP_ = 0x0800,
	ETH_P_IPV6_ = 0x86dd,
	LOOPBACK = 1,
	WHOLE_FROM = 5000,
	HALF_FROM = 10000
};

static bool v6;
static int raw, sniffer, port;

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/** An address as packets hold it: 4 or 16 bytes. */
struct end {
	uint8_t bytes[16];
};

static int width(void)
{
	return v6 ? 16 : 4;
}

static struct end ip_of(const char *text)
{
	struct end ip = {};

	if (inet_pton(v6 ? AF_INET6 : AF_INET, text, ip.bytes) != 1)
		die(text);
	return ip;
}

static int header_size(void)
{
	return v6 ? sizeof(struct ip6_hdr) : sizeof(struct iphdr);
}

static uint32_t sum_of(const void *data, int size, uint32_t sum)
{
	const uint8_t *bytes = data;

	for (int i = 0; i < size; i++)
		sum += i % 2 ? bytes[i] : bytes[i] << 8;
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

/** Checksum over the pseudo header as well. */
static uint16_t checksum(struct end from, struct end to, int protocol, const void *data, int size)
{
	uint32_t sum = sum_of(from.bytes, width(), 0);

	sum = sum_of(to.bytes, width(), sum) + protocol + size;
	return fold(sum_of(data, size, sum));
}

static void send_packet(struct end from, struct end to, int protocol, const void *data, int size)
{
	uint8_t packet[256] = {};
	union address address = {.any.sa_family = v6 ? AF_INET6 : AF_INET};
	int header = header_size();

	if (v6) {
		struct ip6_hdr *ip = (void *)packet;

		ip->ip6_flow = htonl(6u << 28);
		ip->ip6_plen = htons(size);
		ip->ip6_nxt = protocol;
		ip->ip6_hlim = 64;
		memcpy(&ip->ip6_src, from.bytes, 16);
		memcpy(&ip->ip6_dst, to.bytes, 16);
		memcpy(&address.v6.sin6_addr, to.bytes, 16);
	} else {
		struct iphdr *ip = (void *)packet;

		*ip = (struct iphdr){.version = 4, .ihl = 5, .ttl = 64, .protocol = protocol};
		ip->tot_len = htons(header + size);
		memcpy(&ip->saddr, from.bytes, 4);
		memcpy(&ip->daddr, to.bytes, 4);
		memcpy(&address.v4.sin_addr, to.bytes, 4);
	}
	memcpy(packet + header, data, size);
	if (sendto(raw, packet, header + size, 0, &address.any,
	           v6 ? sizeof(address.v6) : sizeof(address.v4)) < 0)
		die("sendto");
}

static void send_segment(struct end from, struct end to, struct tcphdr tcp)
{
	tcp.dest = htons(port);
	tcp.doff = 5;
	tcp.window = htons(65535);
	tcp.check = checksum(from, to, IPPROTO_TCP, &tcp, sizeof(tcp));
	send_packet(from, to, IPPROTO_TCP, &tcp, sizeof(tcp));
}

static void send_syn(struct end from, struct end to, int source)
{
	send_segment(from, to,
	             (struct tcphdr){.source = htons(source), .seq = htonl(1000), .syn = 1});
}

/** The next SYN-ACK that was sent, IP header included; false when there is none. */
static bool next_answer(uint8_t *packet, int size)
{
	int header = header_size();

	for (;;) {
		int got = recv(sniffer, packet, size, MSG_DONTWAIT);
		const struct tcphdr *tcp = (void *)(packet + header);

		if (got < 0)
			return false;
		if (got >= header + (int)sizeof(*tcp) && tcp->source == htons(port) && tcp->syn &&
		    tcp->ack)
			return true;
	}
}

/** An ICMP error that ends a handshake, about that SYN-ACK. */
static void send_error(const uint8_t *answer, struct end from, struct end to)
{
	int quoted = header_size() + 20;
	uint8_t message[8 + 64] = {};

	message[0] = v6 ? ICMP6_DST_UNREACH : ICMP_DEST_UNREACH;
	message[1] = v6 ? ICMP6_DST_UNREACH_ADMIN : ICMP_HOST_UNREACH;
	memcpy(message + 8, answer, quoted);
	*(uint16_t *)(message + 2) = v6 ? checksum(from, to, IPPROTO_ICMPV6, message, 8 + quoted)
	                                : fold(sum_of(message, 8 + quoted, 0));
	send_packet(from, to, v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP, message, 8 + quoted);
}

/** The last packet of that handshake. */
static void send_ack(const uint8_t *answer, struct end from, struct end to)
{
	const struct tcphdr *tcp = (void *)(answer + header_size());

	send_segment(from, to,
	             (struct tcphdr){.source = tcp->dest,
	                             .seq = htonl(1001),
	                             .ack_seq = htonl(ntohl(tcp->seq) + 1),
	                             .ack = 1});
}

/** SYN-ACKs to this port on this machine are thrown away without a word. */
static void absorb(int source)
{
	struct sock_filter none = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog filter = {1, &none};
	struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons(source)};
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	address.sin6_addr = in6addr_loopback;
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) ||
	    bind(fd, (void *)&address, sizeof(address)) || listen(fd, 0))
		die("absorber");
}

/** IPv4 packets to the clients' network leave over lo and go nowhere; IPv6 has no such routes. */
static void add_route(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct rtentry route = {.rt_flags = RTF_UP, .rt_dev = (char *)"lo"};

	*(struct sockaddr_in *)&route.rt_dst = (struct sockaddr_in){
	        .sin_family = AF_INET, .sin_addr.s_addr = inet_addr("10.9.0.0")};
	*(struct sockaddr_in *)&route.rt_genmask = (struct sockaddr_in){
	        .sin_family = AF_INET, .sin_addr.s_addr = inet_addr("255.255.0.0")};
	if (ioctl(fd, SIOCADDRT, &route))
		die("route");
	close(fd);
}

static void join_anycast(struct end address)
{
	struct ipv6_mreq request = {.ipv6mr_interface = LOOPBACK};

	set_sysctl("/proc/sys/net/ipv6/conf/all/forwarding", "1");
	memcpy(&request.ipv6mr_multiaddr, address.bytes, 16);
	if (setsockopt(raw, IPPROTO_IPV6, IPV6_JOIN_ANYCAST, &request, sizeof(request)))
		die("anycast");
}

static int listen_here(int backlog)
{
	union address address = {.any.sa_family = v6 ? AF_INET6 : AF_INET};
	socklen_t size = v6 ? sizeof(address.v6) : sizeof(address.v4);
	int fd = socket(address.any.sa_family, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, &address.any, size) || getsockname(fd, &address.any, &size) ||
	    listen(fd, backlog))
		die("listen");
	port = ntohs(v6 ? address.v6.sin6_port : address.v4.sin_port);
	return fd;
}

static void open_raw(void)
{
	int on = 1;

	raw = socket(v6 ? AF_INET6 : AF_INET, SOCK_RAW, IPPROTO_RAW);
	sniffer = socket(AF_PACKET, SOCK_DGRAM, htons(v6 ? ETH_P_IPV6_ : ETH_P_IP_));
	if (raw < 0 || sniffer < 0 || setsockopt(raw, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)))
		die("raw socket");
}

/** Answers all that was answered so far. */
static void end_handshakes(struct end from, struct end to)
{
	uint8_t answer[2048];

	usleep(100000);
	while (next_answer(answer, sizeof(answer)))
		send_ack(answer, from, to);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
	        {"wait", no_argument, NULL, 'w'},
	        {"family", required_argument, NULL, 'f'},
	        {"backlog", required_argument, NULL, 'b'},
	        {"syncookies", required_argument, NULL, 'C'},
	        {"linger", required_argument, NULL, 'g'},
	        {"half", required_argument, NULL, 'h'},
	        {"noroute", required_argument, NULL, 'r'},
	        {"shared", required_argument, NULL, 'm'},
	        {"errors", required_argument, NULL, 'e'},
	        {"whole", required_argument, NULL, 'W'},
	        {"acks", no_argument, NULL, 'a'},
	        {},
	};
	int backlog = 64, whole = 0, half = 0, noroute = 0, shared = 0, errors = 0, listener,
	    ended = 0;
	const char *cookies = "0";
	bool wait = false, acks = false;
	double linger = 0;
	long before[COUNTS];
	unsigned drops;
	uint8_t answer[2048];
	struct stat stat;
	struct end here, clients, strangers, all;

	for (int option; (option = getopt_long(argc, argv, "", options, NULL)) >= 0;) {
		switch (option) {
		case 'w':
			wait = true;
			break;
		case 'f':
			v6 = atoi(optarg) == 6;
			break;
		case 'b':
			backlog = atoi(optarg);
			break;
		case 'C':
			cookies = optarg;
			break;
		case 'g':
			linger = atof(optarg);
			break;
		case 'h':
			half = atoi(optarg);
			break;
		case 'W':
			whole = atoi(optarg);
			break;
		case 'a':
			acks = true;
			break;
		case 'r':
			noroute = atoi(optarg);
			break;
		case 'm':
			shared = atoi(optarg);
			break;
		case 'e':
			errors = atoi(optarg);
			break;
		default:
			return 2;
		}
	}
	own_netns();
	set_sysctl("/proc/sys/net/ipv4/tcp_syncookies", cookies);
	add_route();
	here = ip_of(v6 ? "::1" : "127.0.0.1");
	clients = ip_of(v6 ? "::1" : "10.9.0.1");
	strangers = ip_of(v6 ? "fd00:8::1" : "10.8.0.1");
	all = ip_of(v6 ? "fd00:7::1" : "127.255.255.255");
	listener = listen_here(backlog);
	open_raw();
	if (v6 && shared > 0)
		join_anycast(all);
	for (int i = 0; v6 && i < whole; i++)
		absorb(WHOLE_FROM + i);
	for (int i = 0; v6 && i < half; i++)
		absorb(HALF_FROM + i);
	fstat(listener, &stat);
	printf("ready pid=%d port=%d inodes=%lu\n", getpid(), port, (unsigned long)stat.st_ino);
	fflush(stdout);
	if (wait)
		getchar();
	read_counts(before);
	drops = socket_drops(listener);
	for (int i = 0; i < whole; i++)
		send_syn(clients, here, WHOLE_FROM + i);
	end_handshakes(clients, here);
	for (int i = 0; i < half; i++)
		send_syn(clients, here, HALF_FROM + i);
	for (int i = 0; i < noroute; i++)
		send_syn(strangers, here, 10000 + i);
	for (int i = 0; i < shared; i++)
		send_syn(clients, all, 30000 + i);
	usleep(200000);
	for (; ended < errors && next_answer(answer, sizeof(answer)); ended++)
		send_error(answer, clients, here);
	if (acks)
		end_handshakes(clients, here);
	usleep(300000);
	if (linger > 0)
		silence();
	printf("sent=%d ended=%d", whole + half + noroute + shared, ended);
	say_growth(before);
	printf(" socket_drops=%u\n", socket_drops(listener) - drops);
	fflush(stdout);
	usleep(linger * 1000000);
	return 0;
}
