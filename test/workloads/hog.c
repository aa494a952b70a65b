// Takes more memory than its cgroup may have, again and again: hog [--wait] COUNT
// Each time a child does, and is killed for it; says of each `pid=P status=S`.
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PIECE (1 << 20)

int main(int argc, char **argv)
{
	static const struct option options[] = {{"wait", no_argument, NULL, 'w'}, {0}};
	char line[16];
	int wait = 0;

	for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (option != 'w')
			return 2;
		wait = 1;
	}
	if (argc - optind != 1)
		return 2;
	printf("ready pid=%d\n", getpid());
	fflush(stdout);
	if (wait && read(0, line, sizeof(line)) < 0)
		return 1;
	for (long i = 0, count = atol(argv[optind]); i < count; i++) {
		int status, child = fork();

		if (child == 0)
			for (;;)
				memset(malloc(PIECE), 1, PIECE);
		waitpid(child, &status, 0);
		printf("pid=%d status=%d\n", child, status);
	}
	return 0;
}
