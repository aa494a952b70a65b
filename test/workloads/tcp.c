// SPDX-License-Identifier: Apache-2.0
// A server and its clients in one process: the main thread connects, another one accepts.
//
//   tcp [--wait] [--netns] [--family 4|6|46|mapped] [--backlog N] [--somaxconn N] [--late]
//   [--early]
//       [--hold] [--nonblock] [--connects N] [--refused N] [--unroutable N] [--send BYTES]
//       [--answer BYTES] [--drop PERCENT] [--begun] [--reset]
//
// --family 46: IPv4 clients of a dual-stack listener; mapped: IPv6 sockets that connect to
// ::ffff:127.0.0.1. --late: listens when told to go. --early: waits in accept(2) before it says
// that it is ready. --hold: accepts once all have connected. --refused: connects to a port where
// nobody listens. --unroutable: connects to where no route leads (with --netns). --send, --answer:
// what each client sends, and gets back then; both sides close. --drop: the listener and its
// connections take so many packets as if they had never come. --begun: all connect before it says
// that it is ready. --reset: clients close with a reset.
//
// Says `ready pid=… port=… netns=…`, with --wait then waits for a line on stdin, and at the end
// says `connected=… accepted=… refused=… unroutable=… server_tid=… retransmitted=…`: the last is by
// how far RetransSegs has grown.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

#include "netstat.h"

enum { MOST = 20000 };

static int family = AF_INET, backlog = 128, port, connects, accepted, server_tid, listener;
static bool dual, mapped, hold, nonblock, reset;
static long sends, answers;
static pthread_barrier_t all_connected;

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static union address address_of(int of, const char *host, int to)
{
	union address address = {.any.sa_family = of};

	if (of == AF_INET) {
		address.v4.sin_port = htons(to);
		inet_pton(of, host, &address.v4.sin_addr);
	} else {
		address.v6.sin6_port = htons(to);
		inet_pton(of, host, &address.v6.sin6_addr);
	}
	return address;
}

static socklen_t size_of(int of)
{
	return of == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

/** A bound socket; `*at` is its port. */
static int bind_to(int *at)
{
	int of = dual ? AF_INET6 : family, off = 0, fd = socket(of, SOCK_STREAM, 0);
	union address address = address_of(of,
	                                   dual            ? "::"
	                                   : of == AF_INET ? "127.0.0.1"
	                                                   : "::1",
	                                   0);
	socklen_t size = size_of(of);

	if (fd < 0 || (dual && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off))))
		die("socket");
	if (bind(fd, &address.any, size) || getsockname(fd, &address.any, &size))
		die("bind");
	*at = ntohs(of == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
	return fd;
}

/** A filter of the socket, which connections inherit, throws some of what comes away. */
static void drop_some(int fd, int percent)
{
	unsigned below = 0xffffffffU / 100 * percent;
	struct sock_filter code[] = {
	        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF + SKF_AD_RANDOM),
	        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, below, 0, 1),
	        BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
	        BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog program = {.len = 4, .filter = code};

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)))
		die("SO_ATTACH_FILTER");
}

static unsigned long netns(void)
{
	struct stat stat_of;

	if (stat("/proc/thread-self/ns/net", &stat_of))
		die("netns");
	return stat_of.st_ino;
}

/** Writes so many bytes, or reads them. */
static void move(int fd, long bytes, bool out)
{
	static char zeros[65536];

	while (bytes > 0) {
		size_t most = bytes < (long)sizeof(zeros) ? bytes : (long)sizeof(zeros);
		char into[4096];
		ssize_t moved = out ? write(fd, zeros, most)
		                    : read(fd, into, most < sizeof(into) ? most : sizeof(into));

		if (moved <= 0)
			die("move");
		bytes -= moved;
	}
}

static void reset_on_close(int fd)
{
	struct linger at_once = {.l_onoff = 1};

	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)))
		die("SO_LINGER");
}

static void wait_for_end(int fd)
{
	char byte;

	while (read(fd, &byte, 1) > 0)
		;
}

static void *serve(void *unused)
{
	server_tid = syscall(SYS_gettid);
	if (hold)
		pthread_barrier_wait(&all_connected);
	for (int i = 0; i < connects; i++) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			die("accept");
		accepted++;
		move(fd, sends, false);
		move(fd, answers, true);
		if (reset)
			wait_for_end(fd);
		close(fd);
	}
	return unused;
}

/** Connects, and returns the errno; 0: connected. */
static int connect_to(int of, const char *host, int to, int *fd)
{
	union address address = address_of(of, host, to);
	int error = 0;
	socklen_t size = sizeof(error);

	*fd = socket(of, SOCK_STREAM | (nonblock ? SOCK_NONBLOCK : 0), 0);
	if (*fd < 0)
		die("socket");
	if (!connect(*fd, &address.any, size_of(of)))
		return 0;
	if (errno != EINPROGRESS)
		return errno;
	struct pollfd waits = {.fd = *fd, .events = POLLOUT};
	poll(&waits, 1, -1);
	if (getsockopt(*fd, SOL_SOCKET, SO_ERROR, &error, &size))
		die("SO_ERROR");
	fcntl(*fd, F_SETFL, 0);
	return error;
}

/** Connections of this network namespace that may still send something again. */
static int unfinished(const char *path)
{
	char line[512];
	int count = 0;
	unsigned state;
	FILE *file = fopen(path, "r");

	while (file && fgets(line, sizeof(line), file)) {
		// All but FIN_WAIT2, TIME_WAIT, CLOSE and LISTEN.
		if (sscanf(line, "%*d: %*s %*s %x", &state) == 1)
			count += state < 5 || state == 8 || state == 9 || state == 11;
	}
	if (file)
		fclose(file);
	return count;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static long retransmitted(void)
{
	char line[4096];
	long values[16] = {0};
	FILE *file = fopen("/proc/self/net/snmp", "r");

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Tcp: %ld %ld %ld %ld %ld %ld %ld %ld %ld %ld %ld %ld", values,
		           values + 1, values + 2, values + 3, values + 4, values + 5, values + 6,
		           values + 7, values + 8, values + 9, values + 10, values + 11) == 12)
			break;
	}
	fclose(file);
	return values[11];
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
	        {"wait", no_argument, NULL, 'w'},
	        {"netns", no_argument, NULL, 'n'},
	        {"family", required_argument, NULL, 'f'},
	        {"backlog", required_argument, NULL, 'b'},
	        {"somaxconn", required_argument, NULL, 'S'},
	        {"late", no_argument, NULL, 'L'},
	        {"early", no_argument, NULL, 'E'},
	        {"hold", no_argument, NULL, 'h'},
	        {"nonblock", no_argument, NULL, 'N'},
	        {"connects", required_argument, NULL, 'c'},
	        {"refused", required_argument, NULL, 'r'},
	        {"unroutable", required_argument, NULL, 'u'},
	        {"send", required_argument, NULL, 's'},
	        {"answer", required_argument, NULL, 'a'},
	        {"drop", required_argument, NULL, 'd'},
	        {"begun", no_argument, NULL, 'B'},
	        {"reset", no_argument, NULL, 'R'},
	        {},
	};
	bool wait = false, own = false, late = false, early = false, begun = false;
	int refusals = 0, unroutables = 0, connected = 0, refused = 0, unroutable = 0, closed = 0,
	    drops = 0, slow = 0;
	static int clients[MOST];
	pthread_t server;
	long before;

	for (int option; (option = getopt_long(argc, argv, "", options, NULL)) >= 0;) {
		switch (option) {
		case 'w':
			wait = true;
			break;
		case 'n':
			own_netns();
			own = true;
			break;
		case 'f':
			mapped = !strcmp(optarg, "mapped");
			dual = mapped || !strcmp(optarg, "46");
			family = mapped || !strcmp(optarg, "6") ? AF_INET6 : AF_INET;
			break;
		case 'b':
			backlog = atoi(optarg);
			break;
		case 'S':
			set_sysctl("/proc/sys/net/core/somaxconn", optarg);
			break;
		case 'L':
			late = true;
			break;
		case 'E':
			early = true;
			break;
		case 'h':
			hold = true;
			break;
		case 'N':
			nonblock = true;
			break;
		case 'c':
			connects = atoi(optarg);
			break;
		case 'r':
			refusals = atoi(optarg);
			break;
		case 'u':
			unroutables = atoi(optarg);
			break;
		case 's':
			sends = atol(optarg);
			break;
		case 'a':
			answers = atol(optarg);
			break;
		case 'd':
			drops = atoi(optarg);
			break;
		case 'B':
			begun = true;
			break;
		case 'R':
			reset = true;
			break;
		default:
			return 2;
		}
	}
	if (connects > MOST)
		return 2;
	const char *host = mapped ? "::ffff:127.0.0.1" : family == AF_INET ? "127.0.0.1" : "::1";
	int nobody = refusals ? bind_to(&closed) : -1;

	pthread_barrier_init(&all_connected, NULL, 2);
	listener = bind_to(&port);
	if (drops)
		drop_some(listener, drops);
	if (!late && listen(listener, backlog))
		die("listen");
	for (int i = 0; begun && i < connects; i++) {
		if (connect_to(family, host, port, &clients[i]))
			die("connect");
		connected++;
	}
	if (early) {
		pthread_create(&server, NULL, serve, NULL);
		usleep(200000);
	}
	printf("ready pid=%d port=%d netns=%lu\n", getpid(), port, netns());
	fflush(stdout);
	if (wait)
		getchar();
	before = retransmitted();
	if (late && listen(listener, backlog))
		die("listen");
	if (!early)
		pthread_create(&server, NULL, serve, NULL);
	for (int i = 0; i < connects; i++) {
		double began = now();

		if (!begun) {
			if (connect_to(family, host, port, &clients[i]))
				die("connect");
			connected++;
		}
		slow += now() - began > 0.7;
		if (hold)
			continue;
		move(clients[i], sends, true);
		move(clients[i], answers, false);
		if (reset)
			reset_on_close(clients[i]);
		close(clients[i]);
	}
	if (hold)
		pthread_barrier_wait(&all_connected);
	for (int i = 0; hold && i < connects; i++)
		close(clients[i]);
	for (int i = 0; i < refusals; i++) {
		int fd;

		refused += connect_to(family, host, closed, &fd) == ECONNREFUSED;
		close(fd);
	}
	for (int i = 0; i < unroutables; i++) {
		int fd, error = connect_to(family,
		                           mapped              ? "::ffff:192.0.2.1"
		                           : family == AF_INET ? "192.0.2.1"
		                                               : "2001:db8::1",
		                           9, &fd);

		unroutable += error == ENETUNREACH;
		close(fd);
	}
	pthread_join(server, NULL);
	// What is sent again would be counted after the last word.
	while (own &&
	       unfinished("/proc/thread-self/net/tcp") + unfinished("/proc/thread-self/net/tcp6"))
		usleep(20000);
	printf("connected=%d accepted=%d refused=%d unroutable=%d server_tid=%d slow=%d "
	       "retransmitted=%ld\n",
	       connected, accepted, refused, unroutable, server_tid, slow,
	       retransmitted() - before);
	fflush(stdout);
	close(nobody);
	return 0;
}
