#!/bin/sh
# Makes a machine of its own from this one, over it and without a trace in it, and starts systemd there as process 1.
# Called by machine.py inside new namespaces (unshare); $1 is an empty directory, $2 "systemd", or "plain" for a machine
# without it.
set -e
M=$1
mount --make-rprivate /
mount -t tmpfs tmpfs "$M"
mkdir -p "$M/upper" "$M/work" "$M/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$M/upper,workdir=$M/work" "$M/root"
R=$M/root
mount -t proc proc "$R/proc"
mount -t sysfs sysfs "$R/sys"
mount -t cgroup2 cgroup2 "$R/sys/fs/cgroup"
mount -t tmpfs tmpfs "$R/run"
mount -t tmpfs -o mode=755 tmpfs "$R/dev"
for device in null zero full random urandom tty; do
    touch "$R/dev/$device"
    mount --bind "/dev/$device" "$R/dev/$device"
done
mkdir "$R/dev/pts" "$R/dev/shm"
mount -t devpts -o newinstance,ptmxmode=666 devpts "$R/dev/pts"
ln -s pts/ptmx "$R/dev/ptmx"
ln -s /proc/self/fd "$R/dev/fd"
for number in 0 1 2; do
    ln -s "/proc/self/fd/$number" "$R/dev/$(echo stdin stdout stderr | cut -d ' ' -f $((number + 1)))"
done
mkdir -p "$R/old"
cd "$R"
pivot_root . old
umount -l /old
rmdir /old
ip link set lo up 2>/dev/null || true
if [ "$2" = plain ]; then
    exec sleep infinity
fi
rm -rf /etc/systemd/system/*.wants
ln -sf /usr/lib/systemd/system/multi-user.target /etc/systemd/system/default.target
for unit in systemd-udevd systemd-networkd systemd-resolved systemd-timesyncd systemd-logind getty@tty1 console-getty \
    networking; do
    ln -sf /dev/null "/etc/systemd/system/$unit.service"
done
export container=unshare
exec /usr/lib/systemd/systemd --log-target=null --show-status=false
