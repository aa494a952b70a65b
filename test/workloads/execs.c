// SPDX-License-Identifier: Apache-2.0
// Executes itself, or another file, a known number of times with known arguments.
//
//   execs [--via WAY] [--path FILE] [--words N] [--bytes M] [--hostile] [--wait] COUNT
//
// WAY: execve execveat fexecve thread compat orphan
//
// The arguments are `execs exit`, then N words of M bytes, where byte j of word i is
// '!' + (7 * i + j) % 90, then with --hostile five that break what is careless. FILE is this
// program itself by default, which ends at once when its first argument is `exit`. `thread`
// executes from a thread that is not the leader, `orphan` from a child of a process called
// `shortlived` that does not wait, `compat` by the 32-bit system call.
//
// Says `ready pid=…`, with --wait then waits for a line on stdin, and says `execs=… failed=…
// errno=… child=… parent=…`: the last child, and its parent. Exit status 77: this way does not
// exist here.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_HERE = 77, FAILED = 100 };

static const char *path = "/proc/self/exe", *via = "execve";
static char **args;
static char *no_environment[] = {NULL};
static int self_fd;
/** What children share with their parent. */
static volatile struct {
	int error, child, parent;
} * shared;

static void by_execve(void)
{
	execve(path, args, no_environment);
}

static void by_execveat(void)
{
	syscall(SYS_execveat, AT_FDCWD, path, args, no_environment, 0);
}

static void by_fexecve(void)
{
	syscall(SYS_execveat, self_fd, "", args, no_environment, AT_EMPTY_PATH);
}

static void *call_execve(void *unused)
{
	by_execve();
	return unused;
}

static void by_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, call_execve, NULL);
	pthread_join(thread, NULL);
}

#ifdef __x86_64__
static void by_compat(void)
{
	char *low = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
	                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	uint32_t *words = (uint32_t *)low;
	char *end = low + 65536;
	int ret = 11;

	for (int i = 0; args[i]; i++) {
		words[i] = (uintptr_t)end;
		end = stpcpy(end, args[i]) + 1;
	}
	strcpy(end, path);
	__asm__ volatile("int $0x80"
	                 : "+a"(ret)
	                 : "b"(end), "c"(words), "d"(0)
	                 : "memory", "r8", "r9", "r10", "r11");
	errno = -ret;
}
#endif

static void by_orphan(void)
{
	prctl(PR_SET_NAME, "shortlived");
	shared->parent = getpid();
	if (vfork() == 0) {
		shared->child = getpid();
		by_execve();
		_exit(FAILED);
	}
	_exit(0);
}

static char **make_args(int words, int bytes, int hostile)
{
	static char *breaking[] = {"a\nb", "\033[31mred", "\377\376", "", "say \"hi\""};
	char **made = calloc(words + 8, sizeof(*made));
	int n = 0;

	made[n++] = "execs";
	made[n++] = "exit";
	for (int i = 0; i < words; i++) {
		char *word = made[n++] = calloc(1, bytes + 1);

		for (int j = 0; j < bytes; j++)
			word[j] = '!' + (7 * i + j) % 90;
	}
	for (int i = 0; hostile && i < 5; i++)
		made[n++] = breaking[i];
	return made;
}

static void (*choose(void))(void)
{
	static const struct {
		const char *name;
		void (*call)(void);
	} ways[] = {
	        {"execve", by_execve}, {"execveat", by_execveat}, {"fexecve", by_fexecve},
	        {"thread", by_thread}, {"orphan", by_orphan},
#ifdef __x86_64__
	        {"compat", by_compat},
#endif
	};

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (!strcmp(ways[i].name, via))
			return ways[i].call;
	exit(NOT_HERE);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
	        {"via", required_argument, NULL, 'v'},
	        {"path", required_argument, NULL, 'p'},
	        {"words", required_argument, NULL, 'n'},
	        {"bytes", required_argument, NULL, 'm'},
	        {"hostile", no_argument, NULL, 'h'},
	        {"wait", no_argument, NULL, 'w'},
	        {0},
	};
	int words = 0, bytes = 0, hostile = 0, wait = 0, failed = 0;

	if (argc > 1 && !strcmp(argv[1], "exit"))
		return 0;
	for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		switch (option) {
		case 'v':
			via = optarg;
			break;
		case 'p':
			path = optarg;
			break;
		case 'n':
			words = atoi(optarg);
			break;
		case 'm':
			bytes = atoi(optarg);
			break;
		case 'h':
			hostile = 1;
			break;
		case 'w':
			wait = 1;
			break;
		default:
			return 2;
		}
	}
	if (argc - optind != 1)
		return 2;
	void (*call)(void) = choose();
	long count = atol(argv[optind]);
	args = make_args(words, bytes, hostile);
	self_fd = open(path, O_RDONLY | O_CLOEXEC);
	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	// What vfork() cannot do: threads, and a child that leaves its own child behind.
	int forks = call == by_thread || call == by_orphan;

	printf("ready pid=%d\n", getpid());
	fflush(stdout);
	char line[16];
	if (wait && read(0, line, sizeof(line)) < 0)
		return 1;
	for (long i = 0; i < count; i++) {
		int status, child = forks ? fork() : vfork();

		if (child == 0) {
			call();
			shared->error = errno;
			_exit(FAILED);
		}
		if (call != by_orphan) {
			shared->child = child;
			shared->parent = getpid();
		}
		waitpid(child, &status, 0);
		failed += WIFEXITED(status) && WEXITSTATUS(status) == FAILED;
	}
	printf("execs=%ld failed=%d errno=%d child=%d parent=%d\n", count, failed, shared->error,
	       shared->child, shared->parent);
	return 0;
}
