// SPDX-License-Identifier: Apache-2.0
// Opens by names whose absolute path depends on more than the name: on a descriptor, the working
// directory, the root, mounts. Run as root with an empty directory to work in:
//
//   dirfd [--wait] DIRECTORY
//
// Says `ready pid=…`, with --wait then waits for a line on stdin, opens, and then says for each
// open, in their order, a line `case <TAB> fd or -errno <TAB> name as passed <TAB> absolute path`.
// The absolute path is the directory and the name joined, not resolved. Between ready and the first
// line it opens nothing else.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static struct done {
	const char *name;
	int ret;
	char *passed, *expected;
} done[64];
static int count;
static char *base;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "dirfd: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void must(int result, const char *what)
{
	if (result < 0)
		die(what);
}

static char *format(const char *pattern, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, pattern);
	if (vasprintf(&text, pattern, arguments) < 0)
		die("malloc");
	va_end(arguments);
	return text;
}

static void note(const char *name, int ret, const char *passed, const char *expected)
{
	done[count++] = (struct done){name, ret, strdup(passed), strdup(expected)};
	if (ret >= 0)
		close(ret);
}

static void try(const char *name, int dfd, const char *passed, const char *expected)
{
	int fd = syscall(SYS_openat, dfd, passed, O_RDONLY);

	note(name, fd < 0 ? -errno : fd, passed, expected);
}

// A file without an open.
static void touch(const char *path)
{
	must(mknod(path, S_IFREG | 0644, 0), path);
}

// Goes down through directories of that name, and writes the way to `path`.
static void descend(char *path, const char *name, int times, int make)
{
	for (int i = 0; i < times; i++) {
		if (make)
			must(mkdir(name, 0755), name);
		must(chdir(name), name);
		strcat(strcat(path, "/"), name);
	}
}

static char *page;

static void *open_fifo(void *ret)
{
	int fd = syscall(SYS_openat, AT_FDCWD, page, O_RDONLY);

	*(int *)ret = fd < 0 ? -errno : fd;
	return NULL;
}

// The page with the name is gone when the open returns: it waits for a writer meanwhile.
static void lose_the_name(const char *fifo)
{
	pthread_t reader;
	int ret;

	strcpy(page, fifo);
	pthread_create(&reader, NULL, open_fifo, &ret);
	usleep(300000);
	munmap(page, 4096);
	int fd = syscall(SYS_openat, AT_FDCWD, "fifo", O_WRONLY);
	pthread_join(reader, NULL);
	note("fifo writer", fd < 0 ? -errno : fd, "fifo", fifo);
	note("name gone", ret, "", fifo);
}

static char deep_names[8192], deep_levels[8192];

int main(int argc, char **argv)
{
	int wait = argc == 3 && !strcmp(argv[1], "--wait");
	char line[16], long_name[256], component[201];

	if (argc != 2 + wait)
		return 2;
	base = realpath(argv[1 + wait], NULL);
	if (!base)
		die(argv[1 + wait]);
	memset(long_name, 'n', 255);
	long_name[255] = 0;
	memset(component, 'c', 200);
	component[200] = 0;

	must(unshare(CLONE_NEWNS), "unshare");
	must(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), "mount --make-rprivate /");
	must(chdir(base), base);
	must(mkdir("a", 0755), "a");
	must(mkdir("a/b", 0755), "a/b");
	must(mkdir("bound", 0755), "bound");
	must(mkdir("mounted", 0755), "mounted");
	must(mkdir("gone", 0755), "gone");
	touch("a/b/file");
	touch("a/top");
	touch(format("a/%s", long_name));
	must(mkfifo("fifo", 0644), "fifo");
	must(mount("a", "bound", NULL, MS_BIND, NULL), "mount --bind");
	must(mount("none", "mounted", "tmpfs", 0, NULL), "mount -t tmpfs");
	touch("mounted/inside");
	must(mkdir("mounted/sub", 0755), "mounted/sub");
	touch("mounted/sub/file");
	strcpy(deep_names, base);
	descend(deep_names, component, 30, 1);
	touch("leaf");
	must(chdir(base), base);
	strcpy(deep_levels, base);
	descend(deep_levels, "d", 120, 1);
	touch("leaf");
	descend(deep_levels, "d", 300, 1);
	touch("leaf");
	must(chdir(base), base);
	int a = open("a", O_PATH | O_DIRECTORY), file = open("a/b/file", O_RDONLY);
	int mounted = open("mounted/sub", O_RDONLY | O_DIRECTORY);
	must(a < 0 || file < 0 || mounted < 0 ? -1 : 0, "open");
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	printf("ready pid=%d\n", getpid());
	fflush(stdout);
	if (wait && read(0, line, sizeof(line)) < 0)
		die("stdin");

	try("dirfd", a, "b/file", format("%s/a/b/file", base));
	try("dirfd, failed", a, "missing", format("%s/a/missing", base));
	try("dirfd, absolute", a, format("%s/a/top", base), format("%s/a/top", base));
	try("dirfd, closed", 999, "name", "name");
	try("dirfd of a file", file, "name", format("%s/a/b/file/name", base));
	try("dirfd in a mount", mounted, "file", format("%s/mounted/sub/file", base));
	try("empty name", AT_FDCWD, "", base);
	try("cwd", AT_FDCWD, "a/top", format("%s/a/top", base));
	must(chdir("a/b"), "a/b");
	try("dot dot", AT_FDCWD, "../b/./file", format("%s/a/b/../b/./file", base));
	must(chdir(base), base);
	must(chdir("bound"), "bound");
	try("bind mount", AT_FDCWD, "b/file", format("%s/bound/b/file", base));
	must(chdir("../mounted"), "mounted");
	try("root of a mount", AT_FDCWD, "inside", format("%s/mounted/inside", base));
	must(chdir("/"), "/");
	try("cwd is /", AT_FDCWD, format("%s/a/top", base) + 1, format("%s/a/top", base));
	must(chdir(base), base);
	must(chdir("gone"), "gone");
	must(rmdir("../gone"), "rmdir");
	try("cwd deleted", AT_FDCWD, "name", format("%s/gone/name", base));
	must(chdir(base), base);

	struct open_how how = {.flags = O_RDONLY, .resolve = RESOLVE_IN_ROOT};
	int fd = syscall(SYS_openat2, a, "/b/file", &how, sizeof(how));
	note("openat2 in root", fd < 0 ? -errno : fd, "/b/file", format("%s/a/b/file", base));

	try("name of 255", AT_FDCWD, format("a/%s", long_name), format("%s/a/%s", base, long_name));
	try("name of 256", AT_FDCWD, format("a/%sn", long_name),
	    format("%s/a/%sn", base, long_name));
	// As long as a path may be, 4095 bytes, and longer.
	char dots[5000] = "";
	while (strlen(dots) < 4090)
		strcat(dots, "./");
	strcpy(dots + 4095 - strlen("a/top"), "a/top");
	try("path of 4095", AT_FDCWD, dots, format("%s/%s", base, dots));
	strcat(dots, "p");
	try("path of 4096", AT_FDCWD, dots, format("%s/%s", base, dots));
	strcat(dots, "per");
	try("path of 4099", AT_FDCWD, dots, format("%s/%s", base, dots));
	fd = syscall(SYS_openat, AT_FDCWD, (const char *)8, O_RDONLY);
	note("bad address", fd < 0 ? -errno : fd, "", "");
	lose_the_name(format("%s/fifo", base));

	char path[16384];
	must(chdir(base), base);
	descend(strcpy(path, base), "d", 120, 0);
	try("120 levels", AT_FDCWD, "leaf", strcat(path, "/leaf"));
	path[strlen(path) - strlen("/leaf")] = 0;
	descend(path, "d", 300, 0);
	try("420 levels", AT_FDCWD, "leaf", strcat(path, "/leaf"));
	must(chdir(base), base);
	descend(strcpy(path, base), component, 30, 0);
	try("6000 bytes", AT_FDCWD, "leaf", strcat(path, "/leaf"));

	must(chdir(base), base);
	must(chroot("a"), "chroot");
	try("cwd above the root", AT_FDCWD, "a/top", format("%s/a/top", base));
	must(chdir("/"), "/");
	try("chroot", AT_FDCWD, "b/file", "/b/file");
	must(chdir("/b"), "/b");
	try("chroot, deeper", AT_FDCWD, "file", "/b/file");

	for (int i = 0; i < count; i++)
		printf("%s\t%d\t%s\t%s\n", done[i].name, done[i].ret, done[i].passed,
		       done[i].expected);
	return 0;
}
