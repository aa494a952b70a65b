// Processes that end in known ways, one after the other: exits [--via WAY] [--wait] COUNT
// Says of each what wait(2) said: `pid=P status=S`.
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command_line.h"

#define THREADS 6

static pthread_barrier_t barrier;

/** With its own exit code, as none of the C library's ways to end a thread can. */
static void end_thread(int code)
{
	syscall(SYS_exit, code);
}

static void by_exit(long i)
{
	_exit(i % 251);
}

static void by_signal(long i)
{
	static const int signals[] = {SIGKILL, SIGTERM, SIGHUP, SIGUSR1};

	kill(getpid(), signals[i % 4]);
}

static void by_core(long i)
{
	const struct rlimit most = {RLIM_INFINITY, RLIM_INFINITY};

	(void)i;
	setrlimit(RLIMIT_CORE, &most);
	abort();
}

static void *outlive_leader(void *unused)
{
	(void)unused;
	prctl(PR_SET_NAME, "follower");
	usleep(20000);
	end_thread(7);
	return NULL;
}

/** The first thread is gone long before the process. */
static void by_follower(long i)
{
	pthread_t thread;

	(void)i;
	pthread_create(&thread, NULL, outlive_leader, NULL);
	end_thread(3);
}

static void *end_group(void *unused)
{
	(void)unused;
	prctl(PR_SET_NAME, "decider");
	_exit(9);
	return NULL;
}

static void by_group(long i)
{
	pthread_t thread;

	(void)i;
	pthread_create(&thread, NULL, end_group, NULL);
	pause();
}

static void *end_together(void *unused)
{
	(void)unused;
	pthread_barrier_wait(&barrier);
	end_thread(5);
	return NULL;
}

/** All threads at once, so that nobody knows which is the last. */
static void by_together(long i)
{
	pthread_t thread;

	(void)i;
	pthread_barrier_init(&barrier, NULL, THREADS);
	for (int n = 1; n < THREADS; n++)
		pthread_create(&thread, NULL, end_together, NULL);
	end_together(NULL);
}

static void (*choose(const char *name))(long)
{
	static const struct {
		const char *name;
		void (*end)(long);
	} ways[] = {
	        {"exit", by_exit},         {"signal", by_signal}, {"core", by_core},
	        {"follower", by_follower}, {"group", by_group},   {"together", by_together},
	};

	for (size_t n = 0; n < sizeof(ways) / sizeof(*ways); n++)
		if (!strcmp(ways[n].name, name))
			return ways[n].end;
	exit(2);
}

int main(int argc, char **argv)
{
	struct command_line line = parse_command_line(argc, argv, "exit");
	void (*end)(long) = choose(line.via);
	// vfork() costs a third of fork(), and will do where the child does nothing but end.
	int forks = end != by_exit && end != by_signal;

	printf("ready pid=%d\n", getpid());
	get_ready(&line);
	for (long i = 0; i < line.count; i++) {
		int status, child = forks ? fork() : vfork();

		if (child == 0)
			end(i);
		waitpid(child, &status, 0);
		printf("pid=%d status=%d\n", child, status);
	}
	return 0;
}
