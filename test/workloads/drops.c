// SPDX-License-Identifier: Apache-2.0
// A known number of TCP packets that the kernel drops, in a network namespace of its own.
//
//   drops [--wait] [--family 4|6] [--refused N] [--bad N] [--filtered N] [--sessions N]
//
// --refused: connects to a port where nobody listens. --bad: packets with a wrong checksum, to a
// listener. --filtered: packets that a filter of the listener drops. --sessions: connections that
// are opened and closed as they should be, which drops nothing.
//
// Says `ready pid=… port=… closed=… netns=…`, with --wait then waits for a line on stdin, and at
// the end says `refused=… bad=… filtered=…`: by the kernel's own counts, OutRsts, InCsumErrors and
// the listener's drops.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <getopt.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "netstat.h"

static int family = AF_INET;

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static union address loopback(int port)
{
	union address address = {.any.sa_family = family};

	if (family == AF_INET) {
		address.v4.sin_port = htons(port);
		address.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	} else {
		address.v6.sin6_port = htons(port);
		address.v6.sin6_addr = in6addr_loopback;
	}
	return address;
}

static socklen_t size_of_address(void)
{
	return family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

/** A bound socket; `*port` is its port. */
static int bind_to(int *port)
{
	int fd = socket(family, SOCK_STREAM, 0);
	union address address = loopback(0);
	socklen_t size = size_of_address();

	if (fd < 0 || bind(fd, &address.any, size) || getsockname(fd, &address.any, &size))
		die("bind");
	*port = ntohs(family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
	return fd;
}

static void drop_all(int fd)
{
	struct sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
	struct sock_fprog program = {.len = 1, .filter = code};

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)))
		die("SO_ATTACH_FILTER");
}

static uint32_t sum_of(const void *data, size_t bytes, uint32_t sum)
{
	const unsigned char *at = data;

	for (size_t i = 0; i < bytes; i += 2)
		sum += at[i] << 8 | at[i + 1];
	return sum;
}

/** A SYN from `from` to `to`. */
static void send_syn(int fd, int from, int to, bool bad)
{
	struct tcphdr tcp = {.source = htons(from),
	                     .dest = htons(to),
	                     .doff = 5,
	                     .syn = 1,
	                     .window = htons(1000)};
	unsigned char packet[sizeof(struct ip6_hdr) + sizeof(tcp)] = {};
	union address address = loopback(0);
	size_t header = family == AF_INET ? sizeof(struct iphdr) : sizeof(struct ip6_hdr);
	uint32_t sum = IPPROTO_TCP + sizeof(tcp);

	if (family == AF_INET) {
		struct iphdr ip = {
		        .version = 4,
		        .ihl = 5,
		        .ttl = 64,
		        .protocol = IPPROTO_TCP,
		        .saddr = htonl(INADDR_LOOPBACK),
		        .daddr = htonl(INADDR_LOOPBACK),
		};

		memcpy(packet, &ip, sizeof(ip));
		sum = sum_of(&ip.saddr, 8, sum);
	} else {
		struct ip6_hdr ip = {
		        .ip6_src = in6addr_loopback,
		        .ip6_dst = in6addr_loopback,
		};

		ip.ip6_vfc = 6 << 4;
		ip.ip6_plen = htons(sizeof(tcp));
		ip.ip6_nxt = IPPROTO_TCP;
		ip.ip6_hlim = 64;
		memcpy(packet, &ip, sizeof(ip));
		sum = sum_of(&ip.ip6_src, 32, sum);
	}
	sum = sum_of(&tcp, sizeof(tcp), sum);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	tcp.check = htons(~sum ^ bad);
	memcpy(packet + header, &tcp, sizeof(tcp));
	if (sendto(fd, packet, header + sizeof(tcp), 0, &address.any, size_of_address()) < 0)
		die("sendto");
}

static void run_session(int listener, int port)
{
	int fd = socket(family, SOCK_STREAM, 0), other;
	union address address = loopback(port);
	char byte;

	if (fd < 0 || connect(fd, &address.any, size_of_address()))
		die("connect");
	other = accept(listener, NULL, NULL);
	if (other < 0 || write(fd, "x", 1) != 1 || read(other, &byte, 1) != 1)
		die("session");
	close(fd);
	if (read(other, &byte, 1))
		die("end");
	close(other);
}

/** The value below that name of a line `Tcp:` in /proc/net/snmp. */
static long tcp_count(const char *name)
{
	char names[2][4096];
	char *one, *two, *at[2];
	FILE *file = fopen("/proc/thread-self/net/snmp", "r");

	while (file && fgets(names[0], sizeof(*names), file)) {
		if (strncmp(names[0], "Tcp:", 4) || !fgets(names[1], sizeof(*names), file))
			continue;
		one = strtok_r(names[0], " \n", &at[0]);
		two = strtok_r(names[1], " \n", &at[1]);
		for (; one && two; one = strtok_r(NULL, " \n", &at[0])) {
			if (!strcmp(one, name)) {
				fclose(file);
				return atol(two);
			}
			two = strtok_r(NULL, " \n", &at[1]);
		}
	}
	die(name);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
	        {"wait", no_argument, NULL, 'w'},
	        {"family", required_argument, NULL, 'f'},
	        {"refused", required_argument, NULL, 'r'},
	        {"bad", required_argument, NULL, 'b'},
	        {"filtered", required_argument, NULL, 'F'},
	        {"sessions", required_argument, NULL, 's'},
	        {},
	};
	int refused = 0, bad = 0, filtered = 0, sessions = 0, raw, closed, port, open_port;
	bool wait_first = false;
	long resets, errors;
	struct stat netns;

	for (int option; (option = getopt_long(argc, argv, "", options, NULL)) >= 0;) {
		if (option == 'w')
			wait_first = true;
		else if (option == 'f')
			family = *optarg == '6' ? AF_INET6 : AF_INET;
		else if (option == 'r')
			refused = atoi(optarg);
		else if (option == 'b')
			bad = atoi(optarg);
		else if (option == 'F')
			filtered = atoi(optarg);
		else if (option == 's')
			sessions = atoi(optarg);
		else
			return 2;
	}
	own_netns();
	bind_to(&closed);
	int listener = bind_to(&port), open_listener = bind_to(&open_port);
	drop_all(listener);
	raw = socket(family, SOCK_RAW, IPPROTO_RAW);
	if (raw < 0 || listen(listener, 8) || listen(open_listener, 8))
		die("listen");
	if (stat("/proc/thread-self/ns/net", &netns))
		die("netns");
	printf("ready pid=%d port=%d closed=%d netns=%lu\n", getpid(), port, closed,
	       (unsigned long)netns.st_ino);
	fflush(stdout);
	if (wait_first)
		getchar();
	resets = tcp_count("OutRsts");
	errors = tcp_count("InCsumErrors");
	for (int i = 0; i < sessions; i++)
		run_session(open_listener, open_port);
	for (int i = 0; i < refused; i++) {
		union address address = loopback(closed);
		int fd = socket(family, SOCK_STREAM, 0);

		if (!connect(fd, &address.any, size_of_address()) || errno != ECONNREFUSED)
			die("connect");
		close(fd);
	}
	for (int i = 0; i < bad; i++)
		send_syn(raw, 1000 + i, port, true);
	for (int i = 0; i < filtered; i++)
		send_syn(raw, 1000 + i, port, false);
	usleep(300000);
	printf("refused=%ld bad=%ld filtered=%u\n", tcp_count("OutRsts") - resets,
	       tcp_count("InCsumErrors") - errors, socket_drops(listener));
	return 0;
}
