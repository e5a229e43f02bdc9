#!/bin/sh
# Installs what the build, the tests, the demo and the bench need and this machine lacks. Debian 12; nothing is touched
# if nothing is missing. Each line of `needs` is: a command or file that shows that it is there, and its package.
set -eu

needs='
/usr/include/fuse3/fuse_lowlevel.h libfuse3-dev
/usr/include/zlib.h zlib1g-dev
fusermount3 fuse3
pkg-config pkg-config
fio fio
mkfs.xfs xfsprogs
mkfs.ext4 e2fsprogs
sqlite3 sqlite3
initdb postgresql
losetup mount
runuser util-linux
cmp diffutils
awk mawk
perl perl
python3 python3
ksh ksh
ps procps
stdbuf coreutils
make make
git git
'

# What 'make bench' measures beside the arrays.
peers='
qemu-storage-daemon qemu-system-common
qemu-img qemu-utils
nbdkit nbdkit
nbdfuse libnbd-bin
perf linux-perf
'
[ "${1:-}" != peers ] || needs=$needs$peers

PATH="$PATH:/usr/sbin:/sbin"
has() {
    case "$1" in
    /*) [ -e "$1" ] ;;
    initdb) ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
    esac
}

missing=$(echo "$needs" | while read -r thing package; do
    [ -z "$thing" ] || has "$thing" || echo "$package"
done | tr '\n' ' ')

if [ -n "${missing% }" ]; then
    if [ "$(id -u)" != 0 ]; then
        echo "missing: $missing" >&2
        echo "install it as root: apt-get install $missing" >&2
        exit 1
    fi
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "missing: $missing (names of Debian packages), and there is no apt-get to install it with" >&2
        exit 1
    fi
    echo "installing $missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq </dev/null
    # shellcheck disable=SC2086
    apt-get install -y -qq --no-install-recommends $missing </dev/null
fi

if ! command -v "${SWIFT:-swift}" >/dev/null 2>&1; then
    echo "no Swift toolchain in PATH; Swift 6.2 or newer is needed (https://www.swift.org/install)" >&2
    exit 1
fi

# Modules that a minimal kernel loads only on request.
if [ "$(id -u)" = 0 ]; then
    [ -e /dev/fuse ] || modprobe fuse 2>/dev/null || true
    [ -e /dev/loop-control ] || modprobe loop 2>/dev/null || true
fi
