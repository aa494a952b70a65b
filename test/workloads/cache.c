// Known uses of a file's pages: cache [--wait] PATH PAGES OPERATION… go OPERATION…
// Makes the file, on which each operation works; those after `go` once it is told to. drop: takes
// all its pages out of the page cache; read: reads it from its begin to its end; random: a page at
// a time, without reading ahead; small: in reads of 1000 bytes; send: by sendfile(), to /dev/null;
// write: a byte in each page; map_write: the same by a mapping.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#define PAGE 4096L

static int file;
static long pages;
static char buffer[64 * PAGE];

static void check(int right, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "cache: %s: %s\n", what, strerror(errno));
	exit(1);
}

static char *map(void)
{
	char *mapped = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);

	check(mapped != MAP_FAILED, "mmap");
	return mapped;
}

static void drop(void)
{
	unsigned char *resident = calloc(pages, 1);
	char *mapped;

	check(fsync(file) == 0, "fsync");
	check(posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) == 0, "fadvise");
	mapped = map();
	check(mincore(mapped, pages * PAGE, resident) == 0, "mincore");
	check(memchr(resident, 1, pages) == NULL, "pages that are still there");
	munmap(mapped, pages * PAGE);
	free(resident);
}

// Never beyond its end, where 5.10 would add a page to the cache.
static void read_all(void)
{
	check(lseek(file, 0, SEEK_SET) == 0, "lseek");
	for (long left = pages * PAGE, n; left > 0; left -= n)
		check((n = read(file, buffer, left < 16 * PAGE ? left : 16 * PAGE)) > 0, "read");
}

static void read_random(void)
{
	check(posix_fadvise(file, 0, 0, POSIX_FADV_RANDOM) == 0, "fadvise");
	// Each once, since 7 and a prime number have no common factor.
	for (long i = 0; i < pages; i++)
		check(pread(file, buffer, PAGE, i * 7 % pages * PAGE) == PAGE, "pread");
	check(posix_fadvise(file, 0, 0, POSIX_FADV_NORMAL) == 0, "fadvise");
}

static void read_small(void)
{
	long size = pages * PAGE;

	for (long at = 0; at < size; at += 1000)
		check(pread(file, buffer, size - at < 1000 ? size - at : 1000, at) > 0, "pread");
}

static void send_all(void)
{
	int nowhere = open("/dev/null", O_WRONLY);
	off_t at = 0;

	check(nowhere >= 0, "/dev/null");
	for (long left = pages * PAGE, n; left > 0; left -= n)
		check((n = sendfile(nowhere, file, &at, left)) > 0, "sendfile");
	close(nowhere);
}

static void write_each(void)
{
	for (long i = 0; i < pages; i++)
		check(pwrite(file, "x", 1, i * PAGE) == 1, "pwrite");
}

static void write_mapped(void)
{
	char *mapped = map();

	for (long i = 0; i < pages; i++)
		mapped[i * PAGE] = 'y';
	munmap(mapped, pages * PAGE);
}

static const struct {
	const char *name;
	void (*run)(void);
} operations[] = {
        {"drop", drop},
        {"read", read_all},
        {"random", read_random},
        {"small", read_small},
        {"send", send_all},
        {"write", write_each},
        {"map_write", write_mapped},
};

static void run(const char *name)
{
	for (size_t at = 0; at < sizeof(operations) / sizeof(*operations); at++)
		if (!strcmp(name, operations[at].name)) {
			operations[at].run();
			return;
		}
	exit(2);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"wait", no_argument, NULL, 'w'}, {0}};
	int waits = 0, at;
	char word[16];

	while (getopt_long(argc, argv, "", options, NULL) == 'w')
		waits = 1;
	if (argc - optind < 3)
		exit(2);
	file = open(argv[optind], O_RDWR | O_CREAT | O_TRUNC, 0600);
	check(file >= 0, "open");
	pages = atol(argv[optind + 1]);
	memset(buffer, 'a', sizeof(buffer));
	for (long i = 0; i < pages; i++)
		check(write(file, buffer, PAGE) == PAGE, "write");
	check(fsync(file) == 0, "fsync");
	// Its own pages are there from now on.
	check(mlockall(MCL_CURRENT) == 0, "mlockall");
	for (at = optind + 2; at < argc && strcmp(argv[at], "go"); at++)
		run(argv[at]);
	if (waits) {
		puts("ready");
		fflush(stdout);
		check(read(0, word, sizeof(word)) >= 0, "read");
	}
	for (at++; at < argc; at++)
		run(argv[at]);
	puts("done");
	return 0;
}
