// System calls in known numbers: calls [--via WAY] [--wait] COUNT
// each: COUNT times getppid(), twice as often close() of no file, three times as often, failing as
// well, lseek() of a pipe; sleep: COUNT times 2 milliseconds; signal: COUNT signals to itself, each
// of which ends with rt_sigreturn(); compat: COUNT times getppid() and twice as often close() as
// 32-bit programs call them; threads: getppid() COUNT times by each of three threads.
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "command_line.h"

#define THREADS 3

static int pipe_ends[2];

static void each(long count)
{
	for (long i = 0; i < count; i++)
		syscall(SYS_getppid);
	for (long i = 0; i < 2 * count; i++)
		syscall(SYS_close, -1);
	for (long i = 0; i < 3 * count; i++)
		syscall(SYS_lseek, pipe_ends[0], 0, SEEK_SET);
}

static void go_to_sleep(long count)
{
	const struct timespec time = {.tv_nsec = 2000000};

	for (long i = 0; i < count; i++)
		syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &time, NULL);
}

static void ignore(int number)
{
	(void)number;
}

static void interrupt(long count)
{
	signal(SIGUSR1, ignore);
	for (long i = 0; i < count; i++)
		raise(SIGUSR1);
}

#ifdef __x86_64__
static void call_32(long number, long argument)
{
	__asm__ volatile("int $0x80"
	                 : "+a"(number)
	                 : "b"(argument)
	                 : "memory", "r8", "r9", "r10", "r11");
}

static void compat(long count)
{
	for (long i = 0; i < count; i++)
		call_32(64, 0);
	for (long i = 0; i < 2 * count; i++)
		call_32(6, -1);
}
#endif

static void *call(void *count)
{
	for (long i = 0; i < (long)count; i++)
		syscall(SYS_getppid);
	return NULL;
}

static void by_threads(long count)
{
	pthread_t threads[THREADS];

	for (int n = 0; n < THREADS; n++)
		pthread_create(&threads[n], NULL, call, (void *)count);
	for (int n = 0; n < THREADS; n++)
		pthread_join(threads[n], NULL);
}

static void (*choose(const char *name))(long)
{
	static const struct {
		const char *name;
		void (*run)(long);
	} ways[] = {
	        {"each", each},        {"sleep", go_to_sleep},
	        {"signal", interrupt}, {"threads", by_threads},
#ifdef __x86_64__
	        {"compat", compat},
#endif
	};

	for (size_t n = 0; n < sizeof(ways) / sizeof(*ways); n++)
		if (!strcmp(ways[n].name, name))
			return ways[n].run;
	exit(2);
}

int main(int argc, char **argv)
{
	struct command_line line = parse_command_line(argc, argv, "each");
	void (*run)(long) = choose(line.via);

	if (pipe(pipe_ends))
		exit(1);
	printf("ready pid=%d\n", getpid());
	get_ready(&line);
	run(line.count);
	return 0;
}
