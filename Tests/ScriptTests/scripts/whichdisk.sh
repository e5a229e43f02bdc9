#!/bin/sh
# Style: which disk belongs to which pair, from three sides: pairdisplay's column, raidscan's, and the disk itself.
group=$1
pairdisplay -g "$group" -l -fd | awk 'NR > 1 { print $2, $3 }'
raidscan -pi /dev/sdb /dev/sdc -find verify
for disk in /dev/sdb /dev/sdc; do
    pairdisplay -d "$disk" -l -CLI | awk -v disk=$disk 'NR > 1 { print disk, $1, $2, $9 }'
done
