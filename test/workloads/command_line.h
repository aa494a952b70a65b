/* SPDX-License-Identifier: Apache-2.0 */
// What a workload is asked for that does one thing so many times: [--via WAY] [--wait] COUNT.
#pragma once

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct command_line {
	const char *via;
	long count;
	bool wait;
};

/** Ends with 2 where it is none; `via` where no way is given. */
static struct command_line parse_command_line(int argc, char **argv, const char *via)
{
	static const struct option options[] = {
	        {"via", required_argument, NULL, 'v'}, {"wait", no_argument, NULL, 'w'}, {0}};
	struct command_line line = {.via = via};

	for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		switch (option) {
		case 'v':
			line.via = optarg;
			break;
		case 'w':
			line.wait = true;
			break;
		default:
			exit(2);
		}
	}
	if (argc - optind != 1)
		exit(2);
	line.count = atol(argv[optind]);
	return line;
}

/** After what it has said of itself: with --wait not before a line comes. */
static void get_ready(const struct command_line *line)
{
	char word[16];

	fflush(stdout);
	if (line->wait && read(0, word, sizeof(word)) < 0)
		exit(1);
}
