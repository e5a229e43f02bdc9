#!/bin/sh
# Style: an inventory of disks. Device files are piped into inqraid and raidscan -find, and both must tell of the same volumes.
export LC_ALL=C
ls /dev/sd* | /HORCM/usr/bin/inqraid -CLI
echo "inqraid: $?"
ls /dev/sd* | raidscan -find
echo "raidscan: $?"
for disk in /dev/sd*; do
    ldev=$(echo "$disk" | /HORCM/usr/bin/inqraid -CLI -fx | awk 'NR == 2 { print $4 }')
    echo "$disk LDEV $ldev"
done
ls /dev/null /dev/sdb | /HORCM/usr/bin/inqraid
echo /dev/null | /HORCM/usr/bin/inqraid > /dev/null
echo "no disk of an array: $?"
