#!/bin/sh
# Style: sh and grep. Rows of 'raidqry -g' begin with a blank; the configuration file is cut apart for the partner.
instance=${HORCMINST:-0}
conf=/etc/horcm$instance.conf
/usr/bin/raidqry -l -I"$instance" | awk 'NR > 1 { print "instance", $2, "of", $3, "array", $6 }'
for group in $(/usr/bin/raidqry -g -I"$instance" | grep '^ ' | awk '{ print $2 }'); do
    partner=$(grep "^$group" "$conf" | tail -1 | awk '{ print $2 }')
    echo "group $group partner $partner"
done
sed -n '/^HORCM_INST/,$p' "$conf" | grep -v '^HORCM_INST' | grep -v '^#' | awk 'NF { print "listed", $1 }' | sort -u
