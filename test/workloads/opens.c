// SPDX-License-Identifier: Apache-2.0
// Opens a path a known number of times by a chosen interface, as fast as it can or at a rate, and
// nothing else.
//
//   opens [--via WAY] [--threads N] [--flags OCTAL] [--mode OCTAL] [--every MICROSECONDS] [--wait]
//         COUNT PATH
//
// WAY: open openat openat2 creat compat io_uring io_uring-async io_uring-direct io_uring-sqpoll
// by_handle fail
//
// Says `ready pid=…`, with --wait then waits for a line on stdin, opens (each of N threads COUNT
// times, closing at once), and says `pid=… opens=… last_fd=… errno=…`. Between these two lines it
// opens nothing it was not asked to open: link it statically. Exit status 77: this way does not
// exist here.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { NOT_HERE = 77 };

static const char *path;
static long count, every_us;
static int threads = 1, flags = O_RDONLY, mode = 0644;
static int (*way)(void);
static pthread_barrier_t start;
static atomic_long opened;
static atomic_int last_fd = -1, last_errno;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "opens: %s: %s\n", what, strerror(errno));
	exit(errno == ENOSYS || errno == EOPNOTSUPP || errno == EPERM ? NOT_HERE : 1);
}

static int by_openat(void)
{
	return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static int by_openat2(void)
{
	struct open_how how = {.flags = flags, .mode = flags & (O_CREAT | O_TMPFILE) ? mode : 0};

	return syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
}

#ifdef SYS_open
static int by_open(void)
{
	return syscall(SYS_open, path, flags, mode);
}

static int by_creat(void)
{
	return syscall(SYS_creat, path, mode);
}
#endif

#ifdef __x86_64__
// openat of the 32-bit table; `path` lies below 4 GiB.
static int by_compat(void)
{
	int ret = 295;

	__asm__ volatile("int $0x80"
	                 : "+a"(ret)
	                 : "b"(AT_FDCWD), "c"(path), "d"(flags), "S"(mode)
	                 : "memory", "r8", "r9", "r10", "r11");
	if (ret >= 0)
		return ret;
	errno = -ret;
	return -1;
}

static _Noreturn void not_here(int signal)
{
	(void)signal;
	_exit(NOT_HERE);
}

static void prepare_compat(void)
{
	char *low = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
	                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (low == MAP_FAILED)
		die("mmap below 4 GiB");
	path = strcpy(low, path);
	// A kernel without 32-bit system calls ends the process here.
	signal(SIGSEGV, not_here);
	int pid = 20;
	__asm__ volatile("int $0x80" : "+a"(pid) : : "memory", "r8", "r9", "r10", "r11");
	if (pid != getpid())
		exit(NOT_HERE);
	signal(SIGSEGV, SIG_DFL);
}
#endif

static struct file_handle *handle;
static int mount_fd;

static int by_handle(void)
{
	return syscall(SYS_open_by_handle_at, mount_fd, handle, flags);
}

static void prepare_handle(void)
{
	int mount_id;

	handle = calloc(1, sizeof(*handle) + 128);
	handle->handle_bytes = 128;
	if (syscall(SYS_name_to_handle_at, AT_FDCWD, path, handle, &mount_id, 0))
		die("name_to_handle_at");
	mount_fd = open(path, O_RDONLY);
	if (mount_fd < 0)
		die(path);
	int probe = by_handle();
	if (probe < 0)
		die("open_by_handle_at");
	close(probe);
}

// A ring of one entry for each thread.
static struct ring {
	int fd;
	unsigned *sq_tail, *sq_mask, *sq_array, *sq_flags, *cq_head, *cq_tail, *cq_mask;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
} rings[256];
static _Thread_local struct ring *ring;
static int ring_setup, sqe_flags, direct;

static void prepare_ring(void)
{
	for (struct ring *r = rings; r < rings + threads; r++) {
		struct io_uring_params p = {.flags = ring_setup, .sq_thread_idle = 1000};

		r->fd = syscall(SYS_io_uring_setup, 1, &p);
		if (r->fd < 0)
			die("io_uring_setup");
		size_t sq_size = p.sq_off.array + p.sq_entries * sizeof(unsigned);
		size_t cq_size = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);
		char *sq = mmap(NULL, sq_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
		                r->fd, IORING_OFF_SQ_RING);
		char *cq = mmap(NULL, cq_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
		                r->fd, IORING_OFF_CQ_RING);
		r->sqes = mmap(NULL, p.sq_entries * sizeof(*r->sqes), PROT_READ | PROT_WRITE,
		               MAP_SHARED | MAP_POPULATE, r->fd, IORING_OFF_SQES);
		if (sq == MAP_FAILED || cq == MAP_FAILED || r->sqes == MAP_FAILED)
			die("mmap of io_uring");
		r->sq_tail = (unsigned *)(sq + p.sq_off.tail);
		r->sq_mask = (unsigned *)(sq + p.sq_off.ring_mask);
		r->sq_array = (unsigned *)(sq + p.sq_off.array);
		r->sq_flags = (unsigned *)(sq + p.sq_off.flags);
		r->cq_head = (unsigned *)(cq + p.cq_off.head);
		r->cq_tail = (unsigned *)(cq + p.cq_off.tail);
		r->cq_mask = (unsigned *)(cq + p.cq_off.ring_mask);
		r->cqes = (struct io_uring_cqe *)(cq + p.cq_off.cqes);
		int empty = -1;
		if (direct &&
		    syscall(SYS_io_uring_register, r->fd, IORING_REGISTER_FILES, &empty, 1))
			die("io_uring_register");
	}
}

static int by_ring(void)
{
	unsigned tail = *ring->sq_tail, index = tail & *ring->sq_mask;

	ring->sqes[index] = (struct io_uring_sqe){
	        .opcode = IORING_OP_OPENAT,
	        .flags = sqe_flags,
	        .fd = AT_FDCWD,
	        .addr = (uintptr_t)path,
	        .open_flags = flags,
	        .len = mode,
	        .file_index = direct ? 1 : 0,
	};
	ring->sq_array[index] = index;
	__atomic_store_n(ring->sq_tail, tail + 1, __ATOMIC_RELEASE);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	unsigned enter = IORING_ENTER_GETEVENTS;
	if (ring_setup & IORING_SETUP_SQPOLL && *ring->sq_flags & IORING_SQ_NEED_WAKEUP)
		enter |= IORING_ENTER_SQ_WAKEUP;
	unsigned head = *ring->cq_head, submit = 1;
	while (head == __atomic_load_n(ring->cq_tail, __ATOMIC_ACQUIRE)) {
		if (syscall(SYS_io_uring_enter, ring->fd, submit, 1, enter, NULL, 0) < 0 &&
		    errno != EINTR)
			die("io_uring_enter");
		submit = 0;
	}
	int res = ring->cqes[head & *ring->cq_mask].res;
	__atomic_store_n(ring->cq_head, head + 1, __ATOMIC_RELEASE);
	if (res >= 0)
		return res;
	errno = -res;
	return -1;
}

/** Waits for the time of the next open, counted from the first, so that a late one delays no other.
 */
static void keep_time(struct timespec *next)
{
	next->tv_nsec += every_us * 1000;
	next->tv_sec += next->tv_nsec / 1000000000;
	next->tv_nsec %= 1000000000;
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, next, NULL);
}

static void *run(void *number)
{
	struct timespec next;

	ring = &rings[(intptr_t)number];
	pthread_barrier_wait(&start);
	clock_gettime(CLOCK_MONOTONIC, &next);
	for (long i = 0; i < count; i++) {
		if (every_us)
			keep_time(&next);
		int fd = way();

		opened++;
		if (fd < 0) {
			last_errno = errno;
			continue;
		}
		last_fd = fd;
		// A file in io_uring's own table is replaced by the next one.
		if (!direct)
			close(fd);
	}
	return NULL;
}

static void choose(const char *name)
{
	if (!strcmp(name, "openat") || !strcmp(name, "fail"))
		way = by_openat;
	else if (!strcmp(name, "openat2"))
		way = by_openat2;
	else if (!strcmp(name, "by_handle"))
		way = by_handle;
	else if (!strncmp(name, "io_uring", 8)) {
		way = by_ring;
		sqe_flags = strcmp(name, "io_uring-async") ? 0 : IOSQE_ASYNC;
		ring_setup = strcmp(name, "io_uring-sqpoll") ? 0 : IORING_SETUP_SQPOLL;
		direct = !strcmp(name, "io_uring-direct");
	}
#ifdef SYS_open
	else if (!strcmp(name, "open"))
		way = by_open;
	else if (!strcmp(name, "creat"))
		way = by_creat;
#endif
#ifdef __x86_64__
	else if (!strcmp(name, "compat"))
		way = by_compat;
#endif
	else
		exit(NOT_HERE);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
	        {"via", required_argument, NULL, 'v'},
	        {"threads", required_argument, NULL, 't'},
	        {"flags", required_argument, NULL, 'f'},
	        {"mode", required_argument, NULL, 'm'},
	        {"every", required_argument, NULL, 'e'},
	        {"wait", no_argument, NULL, 'w'},
	        {0},
	};
	const char *via = "openat";
	int wait = 0;

	for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		switch (option) {
		case 'v':
			via = optarg;
			break;
		case 't':
			threads = atoi(optarg);
			break;
		case 'f':
			flags = strtol(optarg, NULL, 8);
			break;
		case 'm':
			mode = strtol(optarg, NULL, 8);
			break;
		case 'e':
			every_us = atol(optarg);
			break;
		case 'w':
			wait = 1;
			break;
		default:
			return 2;
		}
	}
	if (argc - optind != 2 || threads < 1 || threads > 256)
		return 2;
	count = atol(argv[optind]);
	path = argv[optind + 1];
	choose(via);
#ifdef __x86_64__
	if (way == by_compat)
		prepare_compat();
#endif
	if (way == by_handle)
		prepare_handle();
	if (way == by_ring)
		prepare_ring();

	// The first thread is this one, so that a single-threaded run has tid = pid.
	pthread_t others[256];
	pthread_barrier_init(&start, NULL, threads);
	for (intptr_t i = 1; i < threads; i++)
		if (pthread_create(&others[i], NULL, run, (void *)i))
			die("pthread_create");
	printf("ready pid=%d\n", getpid());
	fflush(stdout);
	char line[16];
	if (wait && read(0, line, sizeof(line)) < 0)
		die("stdin");
	run((void *)0);
	for (int i = 1; i < threads; i++)
		pthread_join(others[i], NULL);
	printf("pid=%d opens=%ld last_fd=%d errno=%d\n", getpid(), opened, last_fd, last_errno);
	return !strcmp(via, "fail") && last_fd >= 0;
}
