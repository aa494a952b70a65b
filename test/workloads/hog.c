// Takes more memory than its cgroup may have, again and again: hog [--wait] COUNT
// Each time a child does, and is killed for it; says of each `pid=P status=S`.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command_line.h"

#define PIECE (1 << 20)

int main(int argc, char **argv)
{
	struct command_line line = parse_command_line(argc, argv, "");

	printf("ready pid=%d\n", getpid());
	get_ready(&line);
	for (long i = 0; i < line.count; i++) {
		int status, child = fork();

		if (child == 0)
			for (;;)
				memset(malloc(PIECE), 1, PIECE);
		waitpid(child, &status, 0);
		printf("pid=%d status=%d\n", child, status);
	}
	return 0;
}
