#!/bin/ksh
# Style: the decision code of cluster agents. The local side is asked first, then a takeover, and its status is the answer.
typeset group=$1
/usr/bin/pairvolchk -g $group -ss > /dev/null 2>&1
typeset -i local=$?
print "local $local"
if (( local == 33 || local == 35 || local == 34 )); then
    typeset text=$(/usr/bin/horctakeover -g $group -t 30 2>&1)
    typeset -i status=$?
    case $status in
    0) print "nothing to do" ;;
    1) print "swap-takeover" ;;
    2) print "SVOL-takeover, copy not swapped" ;;
    3) print "PVOL-SMPL takeover" ;;
    4) print "PVOL-PSUE takeover" ;;
    5) print "SVOL-SSUS takeover" ;;
    *) print "failed with $status" ;;
    esac
    print -r -- "$text" | grep -c 'akeover'
fi
/usr/bin/pairdisplay -g $group -l -fc | awk 'NR > 1 { print $2, $8, $9 }'
exit 0
