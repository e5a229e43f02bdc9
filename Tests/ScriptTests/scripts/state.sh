#!/bin/sh
# Style: pairevtwait -nowait and a case over its status, as cluster agents do it; then pairvolchk's.
group=$1
/usr/bin/pairevtwait -g "$group" -nowait > /dev/null 2>&1
case $? in
1) echo "SMPL" ;;
2) echo "COPY" ;;
3) echo "PAIR" ;;
4) echo "PSUS" ;;
5) echo "PSUE" ;;
*) echo "unknown" ;;
esac
/usr/bin/pairvolchk -g "$group" -ss > /dev/null 2>&1
case $? in
11) echo "simplex" ;;
22 | 23 | 24 | 25) echo "primary" ;;
32 | 33 | 34 | 35) echo "secondary" ;;
42 | 43 | 44 | 45 | 47 | 48) echo "async primary" ;;
52 | 53 | 54 | 55 | 57 | 58) echo "async secondary" ;;
*) echo "error" ;;
esac
/usr/bin/pairvolchk -g "$group" -c -ss > /dev/null 2>&1
echo "remote: $?"
