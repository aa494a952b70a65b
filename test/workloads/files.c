// Known operations on a file: files [--wait] COUNT PATH OPERATION…
// Each is done COUNT times: read, write, writev, append (of 100 + i bytes at 512 × i; append: at
// the end), sync_write, fsync, open, stat, pipe, full (fails with ENOSPC). Says `OPERATION ns=N` of
// each: how long the longest took.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static const char *path;
static int file, sync_file, append_file, full, ends[2];
static char buffer[1 << 20];

static void check(long result, long expected, const char *what)
{
	if (result == expected)
		return;
	fprintf(stderr, "files: %s: %ld, not %ld: %s\n", what, result, expected, strerror(errno));
	exit(1);
}

static void by_read(long i)
{
	check(pread(file, buffer, 100 + i, 512 * i), 100 + i, "read");
}

static void by_write(long i)
{
	check(pwrite(file, buffer, 100 + i, 512 * i), 100 + i, "write");
}

static void by_writev(long i)
{
	struct iovec parts[] = {{buffer, 40}, {buffer + 40, 60 + i}};

	check(pwritev(file, parts, 2, 512 * i), 100 + i, "writev");
}

static void by_append(long i)
{
	check(write(append_file, buffer, 100 + i), 100 + i, "append");
}

static void by_sync_write(long i)
{
	check(pwrite(sync_file, buffer, 100 + i, 512 * i), 100 + i, "sync_write");
}

static void by_fsync(long i)
{
	// Something to be done.
	if (i == 0)
		check(pwrite(file, buffer, 1, 0), 1, "write");
	check(fsync(file), 0, "fsync");
}

static void by_open(long i)
{
	int fd = open(path, O_RDWR);

	(void)i;
	check(fd < 0, 0, "open");
	close(fd);
}

static void by_stat(long i)
{
	struct stat found;

	(void)i;
	check(stat(path, &found), 0, "stat");
}

static void by_pipe(long i)
{
	check(write(ends[1], buffer, 100 + i), 100 + i, "pipe");
	check(read(ends[0], buffer, 100 + i), 100 + i, "pipe");
}

static void by_full(long i)
{
	check(write(full, buffer, 100 + i), -1, "full");
}

static const struct {
	const char *name;
	void (*once)(long i);
} operations[] = {
        {"read", by_read},
        {"write", by_write},
        {"writev", by_writev},
        {"append", by_append},
        {"sync_write", by_sync_write},
        {"fsync", by_fsync},
        {"open", by_open},
        {"stat", by_stat},
        {"pipe", by_pipe},
        {"full", by_full},
};

static long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000L + time.tv_nsec;
}

static void repeat(const char *name, long count)
{
	for (size_t at = 0; at < sizeof(operations) / sizeof(*operations); at++) {
		long longest = 0;

		if (strcmp(name, operations[at].name))
			continue;
		for (long i = 0; i < count; i++) {
			long before = now(), took;

			operations[at].once(i);
			took = now() - before;
			longest = took > longest ? took : longest;
		}
		printf("%s ns=%ld\n", name, longest);
		return;
	}
	exit(2);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"wait", no_argument, NULL, 'w'}, {0}};
	int waits = 0;
	long count;
	char word[16];

	while (getopt_long(argc, argv, "", options, NULL) == 'w')
		waits = 1;
	if (argc - optind < 3)
		exit(2);
	count = atol(argv[optind]);
	path = argv[optind + 1];
	for (long at = 0; at < (long)sizeof(buffer); at++)
		buffer[at] = 'a' + at % 26;
	file = open(path, O_RDWR | O_CREAT, 0644);
	sync_file = open(path, O_RDWR | O_SYNC);
	append_file = open(path, O_WRONLY | O_APPEND);
	full = open("/dev/full", O_WRONLY);
	check(file < 0 || sync_file < 0 || append_file < 0 || full < 0 || pipe(ends), 0, "open");
	// So that every read finds its bytes.
	check(ftruncate(file, 512 * count + 1024), 0, "truncate");
	printf("ready\n");
	fflush(stdout);
	if (waits && read(0, word, sizeof(word)) < 0)
		exit(1);
	for (int at = optind + 2; at < argc; at++)
		repeat(argv[at], count);
	return 0;
}
