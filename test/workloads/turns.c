// Threads on one processor that take turns: turns [--via WAY] [--wait] COUNT
// yield: four of them give way COUNT times each; pipe: two send a byte to and fro COUNT times;
// busy: four run for COUNT milliseconds. Says of each, once all sleep, what the kernel has counted
// of it since it was made: `pid=P tid=T ran=NS waited=NS
// waits=N`; they go on sleeping.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "command_line.h"

#define MOST_THREADS 4
/** For the tracer to end before the threads do. */
#define LAST_SECONDS 60

static long count;
static int there[2], back[2];

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void give_way(int thread)
{
	(void)thread;
	for (long i = 0; i < count; i++)
		sched_yield();
}

static void talk(int thread)
{
	char byte = 0;

	for (long i = 0; i < count; i++) {
		if (thread == 0 && write(there[1], &byte, 1) != 1)
			exit(1);
		if (read(thread ? there[0] : back[0], &byte, 1) != 1)
			exit(1);
		if (thread == 1 && write(back[1], &byte, 1) != 1)
			exit(1);
	}
}

static void be_busy(int thread)
{
	long end = now_ms() + count;

	(void)thread;
	while (now_ms() < end)
		;
}

static const struct way {
	const char *name;
	int threads;
	void (*run)(int thread);
} ways[] = {{"yield", 4, give_way}, {"pipe", 2, talk}, {"busy", 4, be_busy}}, *way;

static int told[2];
static pthread_barrier_t all_made;

static void *run(void *number)
{
	int thread = (long)number, tid = syscall(SYS_gettid);

	// Whoever is alone has nobody to wait for.
	pthread_barrier_wait(&all_made);
	way->run(thread);
	if (write(told[1], &tid, sizeof(tid)) != sizeof(tid))
		exit(1);
	for (;;)
		pause();
	return NULL;
}

/** A process of its own, which outlives the one that reports. */
static void run_all(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
	close(0);
	close(1);
	close(2);
	alarm(LAST_SECONDS);
	pthread_barrier_init(&all_made, NULL, way->threads);
	for (long n = 0; n < way->threads; n++) {
		pthread_t thread;

		pthread_create(&thread, NULL, run, (void *)n);
	}
	for (;;)
		pause();
}

static void say(int pid, int tid)
{
	char path[64];
	unsigned long long ran, waited, waits;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/schedstat", pid, tid);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%llu %llu %llu", &ran, &waited, &waits) != 3)
		exit(1);
	fclose(file);
	printf("pid=%d tid=%d ran=%llu waited=%llu waits=%llu\n", pid, tid, ran, waited, waits);
}

int main(int argc, char **argv)
{
	struct command_line line = parse_command_line(argc, argv, "yield");
	int tids[MOST_THREADS], pid;

	count = line.count;
	for (way = ways; strcmp(way->name, line.via); way++)
		if (way == ways + sizeof(ways) / sizeof(*ways) - 1)
			exit(2);
	printf("ready pid=%d\n", getpid());
	get_ready(&line);
	if (pipe(there) || pipe(back) || pipe(told))
		exit(1);
	pid = fork();
	if (pid == 0)
		run_all();
	for (int n = 0; n < way->threads; n++)
		if (read(told[0], &tids[n], sizeof(tids[n])) != sizeof(tids[n]))
			exit(1);
	// Until they sleep.
	usleep(300000);
	for (int n = 0; n < way->threads; n++)
		say(pid, tids[n]);
	return 0;
}
