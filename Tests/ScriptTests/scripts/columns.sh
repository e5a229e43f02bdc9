#!/bin/sh
# Style: sh and awk on columns. Makes a group's pairs and watches word 9 (status) and word 10 (fence or %) of pairdisplay.
group=$1
/usr/bin/paircreate -g "$group" -vl -f data -c 15 || exit $?
tries=0
while :; do
    waiting=$(/usr/bin/pairdisplay -g "$group" -l -fc | awk 'NR > 1 && $0 !~ / PAIR / { n++ } END { print n + 0 }')
    [ "$waiting" -eq 0 ] && break
    tries=$((tries + 1))
    [ "$tries" -gt 600 ] && { echo "not in PAIR"; exit 1; }
    sleep 0.1
done
/usr/bin/pairdisplay -g "$group" -fcx | awk '
    NR == 1 { print "columns:", NF; next }
    { print $1, $2, "word 8:", $8, "word 9:", $9, "word 10:", $10 }'
/usr/bin/pairdisplay -g "$group" -l -CLI | awk 'NR > 1 { print $1, $2, $3 }'
