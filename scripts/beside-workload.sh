#!/bin/sh
# Runs a command beside ordinary activity, so that a tracer has something to see, and ends with its exit status.
while :; do
	ls -l /etc >/dev/null
	cat /etc/passwd /etc/no-such-file >/dev/null 2>&1
	git log -1 >/dev/null 2>&1
	sort /etc/services >/dev/null 2>&1
	sleep 0.2
done &
workload=$!
"$@"
status=$?
kill "$workload"
exit "$status"
