// SPDX-License-Identifier: Apache-2.0
// A known number of I/Os straight to a block device: nothing is cached, nothing is merged.
//
//   blocks [--wait] [--reads N] [--writes N] [--syncs N] [--discards N] [--durable N] [--size
//   BYTES]
//          [--jobs N] [--pause MICROSECONDS] DEVICE
//
// Each of the jobs (processes, at the same time) does all of it. --durable: writes that are on the
// medium when they return (O_DSYNC). --pause: after each I/O.
//
// Says `ready`, with --wait then waits for a line on stdin, and says what it has done, such as
// `reads=3 writes=2 syncs=0 discards=0 durable=0 failed=0`. An I/O that fails counts as failed too.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum kind { READS, WRITES, SYNCS, DISCARDS, DURABLE, KINDS };

static const char *const names[KINDS] = {"reads", "writes", "syncs", "discards", "durable"};

struct results {
	long done[KINDS];
	long failed;
};

static size_t size = 4096;
static useconds_t pause_us = 0;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "blocks: %s: %s\n", what, strerror(errno));
	exit(1);
}

static bool do_one(enum kind kind, int fd, void *buffer, off_t at)
{
	__u64 range[2] = {at, size};

	switch (kind) {
	case READS:
		return pread(fd, buffer, size, at) == (ssize_t)size;
	case WRITES:
	case DURABLE:
		return pwrite(fd, buffer, size, at) == (ssize_t)size;
	case SYNCS:
		return !fsync(fd);
	case DISCARDS:
		return !ioctl(fd, BLKDISCARD, range);
	default:
		return false;
	}
}

static void work(const char *device, const long *wanted, struct results *results)
{
	int plain = open(device, O_RDWR | O_DIRECT),
	    durable = plain < 0 ? -1 : open(device, O_RDWR | O_DIRECT | O_DSYNC);
	off_t end, at = 0;
	void *buffer;

	if (durable < 0)
		die(device);
	end = lseek(plain, 0, SEEK_END);
	if (posix_memalign(&buffer, 4096, size) || end < (off_t)size)
		die("buffer");
	memset(buffer, 'x', size);
	for (enum kind kind = 0; kind < KINDS; kind++) {
		for (long i = 0; i < wanted[kind]; i++) {
			if (!do_one(kind, kind == DURABLE ? durable : plain, buffer, at))
				__sync_fetch_and_add(&results->failed, 1);
			__sync_fetch_and_add(&results->done[kind], 1);
			at = at + 2 * (off_t)size <= end ? at + size : 0;
			if (pause_us)
				usleep(pause_us);
		}
	}
	close(plain);
	close(durable);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
	        {"reads", required_argument, NULL, READS},
	        {"writes", required_argument, NULL, WRITES},
	        {"syncs", required_argument, NULL, SYNCS},
	        {"discards", required_argument, NULL, DISCARDS},
	        {"durable", required_argument, NULL, DURABLE},
	        {"size", required_argument, NULL, 's'},
	        {"jobs", required_argument, NULL, 'j'},
	        {"pause", required_argument, NULL, 'p'},
	        {"wait", no_argument, NULL, 'w'},
	        {},
	};
	struct results *results = mmap(NULL, sizeof(*results), PROT_READ | PROT_WRITE,
	                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	long wanted[KINDS] = {};
	bool wait_first = false, failed = false;
	int jobs = 1;

	if (results == MAP_FAILED)
		die("mmap");
	for (int option; (option = getopt_long(argc, argv, "", options, NULL)) >= 0;) {
		if (option < KINDS)
			wanted[option] = atol(optarg);
		else if (option == 's')
			size = atol(optarg);
		else if (option == 'j')
			jobs = atoi(optarg);
		else if (option == 'p')
			pause_us = atoi(optarg);
		else if (option == 'w')
			wait_first = true;
		else
			return 2;
	}
	if (optind != argc - 1)
		return 2;
	printf("ready\n");
	fflush(stdout);
	if (wait_first)
		getchar();
	for (int i = 0; i < jobs; i++) {
		pid_t pid = fork();

		if (pid < 0)
			die("fork");
		if (pid == 0) {
			work(argv[optind], wanted, results);
			_exit(0);
		}
	}
	for (int status; wait(&status) > 0;)
		failed |= status != 0;
	for (enum kind kind = 0; kind < KINDS; kind++)
		printf("%s=%ld ", names[kind], results->done[kind]);
	printf("failed=%ld\n", results->failed);
	return failed;
}
