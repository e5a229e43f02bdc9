#!/usr/bin/env python3
"""Style: Python and subprocess. Commands run with -nomsg, statuses mean something, and four of them are tried again."""
import os
import subprocess
import sys
import time

TRANSIENT = {242, 250, 251, 255}
STATES = {11: "SMPL", 22: "COPY/P", 23: "PAIR/P", 24: "PSUS/P", 25: "PSUE/P",
          32: "COPY/S", 33: "PAIR/S", 34: "SSUS/S", 35: "PSUE/S"}


def run(*words, tries=3):
    for attempt in range(1, tries + 1):
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
        if done.returncode not in TRANSIENT:
            break
        time.sleep(0.05)
    return done.returncode, done.stdout, done.stderr, attempt


group, action = sys.argv[1], sys.argv[2]
if action == "state":
    status, out, err, attempt = run("/usr/bin/pairvolchk", "-nomsg", "-g", group, "-s")
    print("state", STATES.get(status, status), "silent" if not out and not err else "spoke", "tries", attempt)
elif action == "suspend":
    status, out, err, _ = run("/usr/bin/pairsplit", "-nomsg", "-g", group)
    print("split", status, repr(out + err))
    status, *_ = run("/usr/bin/pairevtwait", "-nomsg", "-g", group, "-s", "psus", "-t", "30")
    print("wait", status)
elif action == "resync":
    print("resync", run("/usr/bin/pairresync", "-nomsg", "-g", group, "-c", "15")[0])
    print("wait", run("/usr/bin/pairevtwait", "-nomsg", "-g", group, "-s", "pair", "-t", "60")[0])
elif action == "down":
    status, out, err, attempt = run("/usr/bin/pairdisplay", "-g", group, "-I99")
    tokens = [word for word in err.split() if word.startswith("[EX_")]
    print("down", status, "tries", attempt, "tokens", tokens, "sudo" if os.geteuid() else "root")
else:
    sys.exit("no such action")
