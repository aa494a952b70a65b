#!/bin/busybox sh
# The guest's first program: builds a root from the machine's files, read-only, and a layer in memory above them.
# It ends at the first failure, and the kernel then panics, which is how the starter learns of it.
set -e
alias b=/bin/busybox

b mount -t devtmpfs dev /dev
b mount -t proc proc /proc
b mount -t sysfs sys /sys
while read -r module; do b insmod "/modules/$module"; done </modules/order

# The job arrives by a port; how long it is, by the kernel's command line.
read -r cmdline </proc/cmdline
length=${cmdline##*snoopkit.job=}
until [ -c /dev/vport0p3 ]; do b sleep 0.01; done
b head -c "${length%% *}" </dev/vport0p3 >/job.sh
. /job.sh

shared=ro,trans=virtio,version=9p2000.L,cache=loose,msize=512000
b mount -t 9p -o "$shared" host /host
b mount -t tmpfs -o mode=755,size=75% scratch /scratch
b mkdir /scratch/upper /scratch/work
# Before 5.16 (eb497943fa21) 9p reads page by page what is not read directly: Node's 100 MB in up to half a minute.
case $(b uname -r) in
4.* | 5.?.* | 5.1[0-5].*)
  b mkdir -p "/scratch/upper${node%/*}"
  b dd "if=/host$node" "of=/scratch/upper$node" bs=512k iflag=direct 2>/dev/null
  b chmod 755 "/scratch/upper$node"
  ;;
esac
b mount -t overlay -o lowerdir=/host,upperdir=/scratch/upper,workdir=/scratch/work root /newroot

usr=/newroot
[ -L /newroot/lib ] && usr=/newroot/usr
b mkdir -p "$usr/lib/modules/$(b uname -r)"
b mount -t 9p -o "$shared" modules "$usr/lib/modules/$(b uname -r)"
if [ -n "$share" ]; then
	b mkdir -p "/newroot$share"
	b mount -t 9p -o "$shared" share "/newroot$share"
fi

b mount -t tmpfs -o mode=755 run /newroot/run
b mkdir /newroot/run/snoopkit
b cp /bin/busybox /job.sh /guest.sh /newroot/run/snoopkit
for file_system in dev proc sys; do b mount --move "/$file_system" "/newroot/$file_system"; done
exec /bin/busybox switch_root /newroot /run/snoopkit/busybox sh /run/snoopkit/guest.sh
