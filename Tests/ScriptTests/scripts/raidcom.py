#!/usr/bin/env python3
"""Style: an automation module. subprocess, the code between brackets on standard error, tables by their headings."""
import re
import subprocess
import sys

CODES = {"EX_ENAUTH": 202, "EX_ENOOBJ": 205, "EX_CMDRJE": 221, "EX_ATTHOR": 251, "EW_UNWOPT": 252, "EW_INVOPT": 131, "EW_INVOPA": 131}
BRACKETS = re.compile(r".*\[(.*?)\].*")


class Failed(Exception):
    pass


class Raidcom:
    def __init__(self, serial, user, password, path="/usr/bin/"):
        self.path, self.serial, self.user, self.password = path, serial, user, password

    def execute(self, command):
        done = subprocess.run(f"{self.path}raidcom {command} -s {self.serial}".split(), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
        if done.returncode:
            found = BRACKETS.match(done.stderr.replace("\n", " "))
            code = found.group(1) if found else "?"
            # The name and the number must be of one mind.
            assert CODES.get(code) == done.returncode, (code, done.returncode, done.stderr)
            raise Failed(code)
        return done.stdout

    def retrying(self, command):
        try:
            return self.execute(command)
        except Failed as failure:
            if failure.args[0] != "EX_ENAUTH":
                raise
            print("logging in")
            self.execute(f"-login {self.user} {self.password}")
            return self.execute(command)

    def table(self, command):
        lines = list(filter(None, self.retrying(command).split("\n")))
        headings = lines.pop(0).split()
        rows = [line.split() for line in lines]
        assert all(len(row) == len(headings) for row in rows), (headings, rows)
        return [dict(zip(headings, row)) for row in rows]

    def ldev(self, ldev):
        lines = self.retrying(f"get ldev -ldev_id {ldev}").split("\n")
        return dict(map(str.strip, line.split(":", 1)) for line in filter(None, lines))


def refused(command):
    try:
        raidcom.execute(command)
        print("taken:", command)
    except Failed as failure:
        print("refused:", command, failure.args[0])


group, serial, action = sys.argv[1:4]
raidcom = Raidcom(serial, "maintenance", "raid-maintenance")
if action == "facts":
    for row in raidcom.table("get resource"):
        print(row["RS_GROUP"], row["stat"], row["Lock_owner"], row["Lock_host"])
    for copies in raidcom.table("get copy_grp"):
        if copies["COPY_GROUP"] != group:
            continue
        for device in raidcom.table(f"get device_grp -device_grp_name {copies['LDEV_GROUP']}"):
            facts = raidcom.ldev(device["LDEV#"])
            print(device["LDEV_NAME"], device["LDEV#"], facts["VOL_TYPE"], facts["VOL_Capacity(BLK)"], facts["PORTs"],
                  facts["VOL_ATTR"].split(" : "), facts["STS"])
    print("free", raidcom.ldev(4096)["VOL_TYPE"])
elif action == "change":
    print("lock", repr(raidcom.retrying("lock resource -resource_name meta_resource -time 60")))
    print(raidcom.table("get resource")[0]["stat"])
    raidcom.execute("reset command_status")
    raidcom.execute("modify ldev -ldev_id 0x10 -ldev_name ORADB_DATA")
    raidcom.execute("modify ldev -ldev_id 0x1000 -ldev_name NOWHERE")
    print("errors", raidcom.retrying("get command_status").splitlines()[1].split()[1:4])
    raidcom.execute("reset command_status")
    print("errors", raidcom.retrying("get command_status").splitlines()[1].split()[1:4])
    print("named", raidcom.ldev(16)["LDEV_NAMING"])
    raidcom.execute("unlock resource -resource_name meta_resource")
    print(raidcom.table("get resource")[0]["stat"])
    refused("get nothing -wrong")
    refused("get resource -wrong")
    refused("get device_grp -device_grp_name nobody")
    raidcom.execute("-logout")
    refused("get resource")
elif action == "links":
    for row in raidcom.table("get rcu"):
        print(row["Serial#"], row["STS"], row["AP"], "of", row["PATHs"], row["LINK"])
