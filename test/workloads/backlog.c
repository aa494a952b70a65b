// SPDX-License-Identifier: Apache-2.0
// Listeners that do not accept, and clients that connect all the same; all in one process.
//
//   backlog [--wait] [--family 4|6|46] [--backlog N] [--clients N] [--listeners N] [--seconds N]
//           [--netns] [--close] [--accept] [--late] [--somaxconn N] [--syncookies N] [--linger N]
//
// --netns: in a network namespace of its own, whose somaxconn and syncookies can be set. Family 46:
// IPv4 clients to a dual-stack socket. --listeners: twins with SO_REUSEPORT. --close: listeners
// close halfway. --accept: they accept everything, as fast as they can. --late: they listen when
// told to go. --linger: they stay so many seconds after the last word, and no packet comes any
// more.
//
// Says `ready pid=… port=… inodes=…,…`, with --wait then waits for a line on stdin, connects
// without blocking, waits so many seconds, and says `connected=… overflows=… drops=… …
// socket_drops=…,…`: how far counts of the network namespace and of each listener have grown.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <getopt.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <time.h>

#include "netstat.h"

enum { MOST = 4096 };

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static union address address_of(int family, bool any, int port)
{
	union address address = {.any.sa_family = family};

	if (family == AF_INET) {
		address.v4.sin_port = htons(port);
		address.v4.sin_addr.s_addr = htonl(any ? INADDR_ANY : INADDR_LOOPBACK);
	} else {
		address.v6.sin6_port = htons(port);
		address.v6.sin6_addr = any ? in6addr_any : in6addr_loopback;
	}
	return address;
}

static socklen_t size_of(int family)
{
	return family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

static int bind_to(int family, bool dual, int *port)
{
	union address address = address_of(family, dual, *port);
	socklen_t size = size_of(family);
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1, off = 0;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)))
		die("socket");
	if (dual && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)))
		die("IPV6_V6ONLY");
	if (bind(fd, &address.any, size) || getsockname(fd, &address.any, &size))
		die("bind");
	*port = ntohs(family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
	return fd;
}

static void listen_on(const int *listeners, int count, int backlog)
{
	for (int i = 0; i < count; i++) {
		if (listen(listeners[i], backlog))
			die("listen");
	}
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static void spend(double seconds, const int *listeners, int count, bool accepting)
{
	for (double end = now() + seconds; now() < end;) {
		for (int i = 0; accepting && i < count; i++) {
			for (int fd; (fd = accept(listeners[i], NULL, NULL)) >= 0;)
				close(fd);
		}
		usleep(1000);
	}
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
	        {"wait", no_argument, NULL, 'w'},
	        {"family", required_argument, NULL, 'f'},
	        {"backlog", required_argument, NULL, 'b'},
	        {"clients", required_argument, NULL, 'c'},
	        {"listeners", required_argument, NULL, 'l'},
	        {"seconds", required_argument, NULL, 's'},
	        {"netns", no_argument, NULL, 'n'},
	        {"close", no_argument, NULL, 'x'},
	        {"accept", no_argument, NULL, 'a'},
	        {"late", no_argument, NULL, 'L'},
	        {"somaxconn", required_argument, NULL, 'S'},
	        {"syncookies", required_argument, NULL, 'C'},
	        {"linger", required_argument, NULL, 'g'},
	        {},
	};
	int family = 4, backlog = 4, clients = 50, count = 1, port = 0, connected = 0;
	bool wait = false, closing = false, accepting = false, late = false, own = false;
	double seconds = 2, linger = 0;
	long before[COUNTS];
	static int listeners[MOST], sockets[MOST];
	static unsigned drops[MOST];

	for (int option; (option = getopt_long(argc, argv, "", options, NULL)) >= 0;) {
		switch (option) {
		case 'w':
			wait = true;
			break;
		case 'f':
			family = atoi(optarg);
			break;
		case 'b':
			backlog = atoi(optarg);
			break;
		case 'c':
			clients = atoi(optarg);
			break;
		case 'l':
			count = atoi(optarg);
			break;
		case 's':
			seconds = atof(optarg);
			break;
		case 'n':
			own_netns();
			own = true;
			break;
		case 'x':
			closing = true;
			break;
		case 'a':
			accepting = true;
			break;
		case 'L':
			late = true;
			break;
		case 'S':
			set_sysctl("/proc/sys/net/core/somaxconn", optarg);
			break;
		case 'C':
			set_sysctl("/proc/sys/net/ipv4/tcp_syncookies", optarg);
			break;
		case 'g':
			linger = atof(optarg);
			break;
		default:
			return 2;
		}
	}
	if (clients > MOST || count > MOST)
		return 2;
	for (int i = 0; i < count; i++)
		listeners[i] = bind_to(family == 4 ? AF_INET : AF_INET6, family == 46, &port);
	if (!late)
		listen_on(listeners, count, backlog);
	printf("ready pid=%d port=%d inodes=", getpid(), port);
	for (int i = 0; i < count; i++) {
		struct stat stat;

		fstat(listeners[i], &stat);
		printf("%s%lu", i > 0 ? "," : "", (unsigned long)stat.st_ino);
	}
	printf("\n");
	fflush(stdout);
	if (wait)
		getchar();
	if (late)
		listen_on(listeners, count, backlog);
	read_counts(before);
	for (int i = 0; i < count; i++)
		drops[i] = socket_drops(listeners[i]);
	for (int i = 0; i < clients; i++) {
		int to = family == 6 ? AF_INET6 : AF_INET;
		union address address = address_of(to, false, port);

		sockets[i] = socket(to, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (sockets[i] < 0)
			die("socket");
		if (connect(sockets[i], &address.any, size_of(to)) && errno != EINPROGRESS)
			die("connect");
	}
	spend(seconds / 2, listeners, count, accepting);
	// A SYN sent again between a listener's last count and its end would be in no count.
	if (own && closing)
		silence();
	for (int i = 0; closing && i < count; i++) {
		drops[i] = socket_drops(listeners[i]) - drops[i];
		close(listeners[i]);
	}
	if (own && closing)
		set_loopback(IFF_UP);
	spend(seconds / 2, listeners, closing ? 0 : count, accepting);
	for (int i = 0; i < clients; i++) {
		struct pollfd poll_one = {.fd = sockets[i], .events = POLLOUT};

		connected +=
		        poll(&poll_one, 1, 0) == 1 && !(poll_one.revents & (POLLERR | POLLHUP));
	}
	// What is sent again meanwhile would be counted after the last word.
	if (own)
		silence();
	printf("connected=%d", connected);
	say_growth(before);
	printf(" socket_drops=");
	for (int i = 0; i < count; i++)
		printf("%s%u", i > 0 ? "," : "",
		       closing ? drops[i] : socket_drops(listeners[i]) - drops[i]);
	printf("\n");
	fflush(stdout);
	usleep(linger * 1000000);
	// First: the FIN of a client whose handshake never ended would come to a full queue again.
	for (int i = 0; !closing && i < count; i++)
		close(listeners[i]);
	return 0;
}
