# The second half of the guest's first program, in its final root: mounts, runs the job, and says how it ended.
set -e
alias b=/run/snoopkit/busybox
. /run/snoopkit/job.sh

b mkdir -p /dev/pts /dev/shm /root
b mount -t devpts -o mode=620,ptmxmode=666 devpts /dev/pts
b mount -t tmpfs -o mode=1777 shm /dev/shm
b mount -t cgroup2 cgroup2 /sys/fs/cgroup
b mount -t tracefs tracefs /sys/kernel/tracing
b mount -t debugfs debugfs /sys/kernel/debug
b mount -t securityfs securityfs /sys/kernel/security
# Its first mount would load bpf_preload (5.13), whose two programs tests would find and take for left over.
echo >/proc/sys/kernel/modprobe
b mount -t bpf bpf /sys/fs/bpf
echo /sbin/modprobe >/proc/sys/kernel/modprobe
# A command that runs below /tmp must see where it is.
case "$directory/" in /tmp/*) ;; *) b mount -t tmpfs -o mode=1777 tmp /tmp ;; esac
for link in fd:fd stdin:fd/0 stdout:fd/1 stderr:fd/2; do b ln -sfn "/proc/self/${link#*:}" "/dev/${link%:*}"; done

b hostname snoopkit-guest
echo '127.0.1.1 snoopkit-guest' >>/etc/hosts
b ip link set lo up

# Named pipes and not the ports themselves: a port can be opened once only, so /dev/stdout would fail, and
# to the command a pipe is what a caller usually gives it.
cd /run/snoopkit
b mkfifo stdout stderr
b cat <stdout >/dev/vport0p1 &
b cat <stderr >/dev/vport0p2 &
exec 3>stdout 4>stderr
b rm stdout stderr

echo started >/dev/vport0p3
# In the foreground, as a shell gives its background jobs an ignored SIGINT.
set +e
(run_job) </dev/null >&3 2>&4 3>&- 4>&-
status=$?
# Behind all that the command wrote, in the same pipes; what it left running keeps nobody waiting.
printf '%s%03d' "$marker" "$status" >&3
printf '%s%03d' "$marker" "$status" >&4
while :; do b sleep 3600; done
