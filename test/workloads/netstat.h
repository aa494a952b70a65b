// SPDX-License-Identifier: Apache-2.0
// What workloads of listeners share: a network namespace of their own, and the kernel's counts of
// it.
#pragma once
#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/** In the order they are said in. */
static const char *const counts[] = {
        "ListenOverflows", "ListenDrops",          "SyncookiesSent",
        "TCPReqQFullDrop", "TCPReqQFullDoCookies",
};
enum { COUNTS = sizeof(counts) / sizeof(*counts) };

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

static inline void set_loopback(short flags)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = flags};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request))
		die("lo");
	close(fd);
}

static inline void own_netns(void)
{
	if (unshare(CLONE_NEWNET))
		die("unshare");
	set_loopback(IFF_UP);
}

/** No packet comes any more, and those on their way have ended somewhere. */
static inline void silence(void)
{
	set_loopback(0);
	usleep(300000);
}

/** A value under /proc/sys/net, of this network namespace. */
static inline void set_sysctl(const char *path, const char *value)
{
	FILE *file = fopen(path, "w");

	if (!file || fputs(value, file) < 0 || fclose(file))
		die(path);
}

/** /proc/net/netstat: a line of names, then one of values. */
static inline void read_counts(long *values)
{
	static char names_line[16384], values_line[16384];
	FILE *file = fopen("/proc/self/net/netstat", "r");
	char *name, *value, *names_at, *values_at;

	if (!file || !fgets(names_line, sizeof(names_line), file) ||
	    !fgets(values_line, sizeof(values_line), file))
		die("netstat");
	fclose(file);
	name = strtok_r(names_line, " \n", &names_at);
	value = strtok_r(values_line, " \n", &values_at);
	for (int i = 0; i < COUNTS; i++)
		values[i] = -1;
	for (; name && value; name = strtok_r(NULL, " \n", &names_at)) {
		for (int i = 0; i < COUNTS; i++) {
			if (!strcmp(name, counts[i]))
				values[i] = atol(value);
		}
		value = strtok_r(NULL, " \n", &values_at);
	}
}

/** ` overflows=… drops=… cookies=… syn_drops=… syn_cookies=…`: by how much they have grown. */
static inline void say_growth(const long *before)
{
	static const char *const labels[] = {"overflows", "drops", "cookies", "syn_drops",
	                                     "syn_cookies"};
	long now[COUNTS];

	read_counts(now);
	for (int i = 0; i < COUNTS; i++)
		printf(" %s=%ld", labels[i], now[i] - before[i]);
}

/** sk_drops of a socket, as `ss -m` shows it. */
static inline unsigned socket_drops(int fd)
{
	unsigned memory[16] = {};
	socklen_t size = sizeof(memory);

	// SO_MEMINFO, SK_MEMINFO_DROPS
	if (getsockopt(fd, SOL_SOCKET, 55, memory, &size))
		die("SO_MEMINFO");
	return memory[8];
}
