#!/bin/sh
# Style: liveness. Three ways in which plug-ins find out whether an instance runs, on a running and a stopped one; and the
# start script's own words.
instance=$1
look() {
    if ps -ef | grep -v grep | grep -q "horcmd_0$instance\$"; then echo "ps -ef: runs"; else echo "ps -ef: down"; fi
    if [ "$(ps ax | grep "horcmd_0$instance\$" | grep -vc grep)" -ge 1 ]; then echo "ps ax: runs"; else echo "ps ax: down"; fi
    HORCMINST=$instance /etc/horcmgr -check
    [ $? -eq 1 ] && echo "horcmgr -check: runs" || echo "horcmgr -check: down"
    /usr/bin/horcctl -g "$2" -I"$instance" -ND > /dev/null 2>&1
    echo "horcctl -ND: $?"
}
look "$@"
/usr/bin/horcmshutdown.sh "$instance" && look "$@"
/usr/bin/pairdisplay -g "$2" -I"$instance" 2> /tmp/alive.$$ > /dev/null
echo "pairdisplay: $? $(grep -o '\[[A-Z_]*\]' /tmp/alive.$$ | tr '\n' ' ')"
rm -f /tmp/alive.$$
sh /usr/bin/horcmstart.sh "$instance"
sh /usr/bin/horcmstart.sh "$instance" "$instance"
echo "second start: $?"
look "$@"
