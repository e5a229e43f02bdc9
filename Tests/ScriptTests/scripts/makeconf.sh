#!/bin/sh
# Style: an administrator's way to a configuration: mkconf.sh from the disks, then the file is tried as it is.
group=$1
instance=$2
mkdir -p /HORCM/made && cd /HORCM/made || exit 9
ls /dev/sdb /dev/sdc /dev/sdd | /HORCM/usr/bin/mkconf.sh -g "$group" -i "$instance" -s 52424 -m h0
echo "mkconf.sh: $?"
sed '/^# Created by/d' "horcm$instance.conf"
awk '$1 == "'"$group"'" && NF == 3 { $3 = 52425 } { print }' "horcm$instance.conf" > "/etc/horcm$instance.conf"
horcmstart.sh "$instance"
pairdisplay -g "$group" -I"$instance" -l | awk 'NR > 1 { print $1, $2, $6, $7 }'
horcmshutdown.sh "$instance"
cd / && rm -r /HORCM/made "/etc/horcm$instance.conf"
