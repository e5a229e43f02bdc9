#!/bin/sh
# Style: set-up scripts that look for a command device before they write horcm.conf.
mkdir -p /HORCM/looking && cd /HORCM/looking || exit 9
PATH=$PATH:/HORCM/usr/bin
findcmddev
echo "findcmddev: $? $(wc -l < findcmddev.log)"
device=$(ls /dev/sd* | inqraid -CLI -sort -CM | awk '/^\/dev/ { print $1 }')
echo "command device $device"
test -L "$device" && test -r "$device" && echo "a link that leads somewhere"
printf 'HORCM_CMD\n/dev/sd*\n' > horcm245.conf
# An instance for questions to the array alone.
export HORCM_CONF=$PWD/horcm245.conf HORCMINST=245
horcmstart.sh
raidqry -l | awk 'NR > 1 { print $2, $5, $6 }'
horcmshutdown.sh
cd / && rm -r /HORCM/looking
