// Signals sent in known ways: kills [--via WAY] [--wait] COUNT
// Three targets, named `target`, are made first, in a group of their own; all signals are USR1,
// which they ignore.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command_line.h"

#define TARGETS 3
/** Beyond the highest process ID that Linux may give. */
#define NOBODY 5000000

static pid_t targets[TARGETS];
static int pidfd;

static long by_kill(void)
{
	return kill(targets[0], SIGUSR1);
}

static long by_tkill(void)
{
	return syscall(SYS_tkill, targets[0], SIGUSR1);
}

static long by_tgkill(void)
{
	return syscall(SYS_tgkill, targets[0], targets[0], SIGUSR1);
}

static long by_queue(void)
{
	return sigqueue(targets[0], SIGUSR1, (union sigval){.sival_int = 7});
}

static long by_tgqueue(void)
{
	siginfo_t info = {.si_code = SI_QUEUE};

	return syscall(SYS_rt_tgsigqueueinfo, targets[0], targets[0], SIGUSR1, &info);
}

static long by_pidfd(void)
{
	return syscall(SYS_pidfd_send_signal, pidfd, SIGUSR1, NULL, 0);
}

static long to_group(void)
{
	return kill(-targets[0], SIGUSR1);
}

static long to_nobody(void)
{
	return kill(NOBODY, SIGUSR1);
}

/** Not for whoever is not root. */
static long to_init(void)
{
	return kill(1, SIGUSR1);
}

static long by_zero(void)
{
	return kill(targets[0], 0);
}

#ifdef __x86_64__
static long by_compat(void)
{
	long ret = 37;

	__asm__ volatile("int $0x80"
	                 : "+a"(ret)
	                 : "b"(targets[0]), "c"(SIGUSR1)
	                 : "memory", "r8", "r9", "r10", "r11");
	errno = -ret;
	return ret ? -1 : 0;
}
#endif

static long (*choose(const char *name))(void)
{
	static const struct {
		const char *name;
		long (*send)(void);
	} ways[] = {
	        {"kill", by_kill},     {"tkill", by_tkill},     {"tgkill", by_tgkill},
	        {"queue", by_queue},   {"tgqueue", by_tgqueue}, {"pidfd", by_pidfd},
	        {"group", to_group},   {"nobody", to_nobody},   {"init", to_init},
	        {"zero", by_zero},
#ifdef __x86_64__
	        {"compat", by_compat},
#endif
	};

	for (size_t n = 0; n < sizeof(ways) / sizeof(*ways); n++)
		if (!strcmp(ways[n].name, name))
			return ways[n].send;
	exit(2);
}

static void start_targets(void)
{
	for (int n = 0; n < TARGETS; n++) {
		signal(SIGUSR1, SIG_IGN);
		targets[n] = fork();
		if (targets[n] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			prctl(PR_SET_NAME, "target");
			for (;;)
				pause();
		}
		setpgid(targets[n], targets[0]);
	}
	pidfd = syscall(SYS_pidfd_open, targets[0], 0);
}

int main(int argc, char **argv)
{
	int failed = 0;
	struct command_line line = parse_command_line(argc, argv, "kill");
	long (*send)(void) = choose(line.via);

	start_targets();
	// Until each bears its name.
	usleep(100000);
	printf("ready pid=%d target=%d\n", getpid(), targets[0]);
	get_ready(&line);
	errno = 0;
	for (long i = 0; i < line.count; i++)
		failed += send() < 0;
	printf("failed=%d errno=%d\n", failed, errno);
	return 0;
}
