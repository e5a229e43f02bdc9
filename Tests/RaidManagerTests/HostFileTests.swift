// Is a host's device table read as it was written, and does a cleared environment get what the host's file says?

import CommandDevice
import RaidManager
import ReplicationCore
import Testing

struct HostFileTests {
    private let devices = HostDevices([
        HostDevice(
            name: "/dev/sdb", serial: ArraySerial(30053), ldev: LDEVNumber(0x10),
            path: VolumePath(port: "CL1-A-3", target: 1, lun: 2), file: "/b/a folder/00-10"),
        HostDevice(
            name: "/dev/sdc", kind: .command, serial: ArraySerial(30053), ldev: LDEVNumber(0xFEFE),
            path: VolumePath(port: "CL1-A", target: 0, lun: 7), file: "/b/cmd"),
        HostDevice(
            name: "/dev/sde", serial: ArraySerial(30053), ldev: LDEVNumber(0x11),
            path: VolumePath(port: "CL1-A", target: 0, lun: 8)),
    ])

    @Test func aTableComesBack() {
        #expect(HostDevices(parsing: devices.text) == devices)
        #expect(HostDevices(parsing: "").devices.isEmpty)
    }

    @Test(arguments: [
        "# /dev/sdb volume 1 00:10 CL1-A 0 0 /f", "/dev/sdb disk 1 00:10 CL1-A 0 0 /f", "/dev/sdb volume 1 00:10",
        "/dev/sdb volume x 00:10 CL1-A 0 0 /f", "/dev/sdb volume 1 00:1000 CL1-A 0 0 /f",
        "/dev/sdb volume 1 00:10 CL1-A 0 70000 /f", "/dev/sdb volume 1 00:10 CL1-A 0",
    ])
    func aLineThatSaysNothingIsLeftOut(_ line: String) {
        #expect(HostDevices(parsing: line + "\n" + devices.text) == devices)
    }

    @Test func aDeviceIsFoundByNameAndByFile() {
        #expect(devices.device("/dev/sdb")?.ldev == LDEVNumber(0x10))
        #expect(devices.device("/b/cmd")?.kind == .command)
        #expect(devices.device("/dev/sdd") == nil)
        #expect(
            devices.commandDevices(of: ArraySerial(30053), linkedIn: "/c") == ["/b/cmd", "/c/30053"])
        #expect(devices.commandDevices(of: ArraySerial(1), linkedIn: nil).isEmpty)
        #expect(devices.name(of: ArraySerial(30053), LDEVNumber(0x10)) == "/dev/sdb")
        #expect(
            devices.commandDevices(of: ArraySerial(30053), linkedIn: "/c") == ["/b/cmd", "/c/30053"])
        #expect(devices.commandDevices(of: ArraySerial(1), linkedIn: nil).isEmpty)
        #expect(devices.name(of: ArraySerial(30053), LDEVNumber(0xFEFE)) == nil)
    }

    @Test(arguments: [
        ("/dev/sd*", true), ("/dev/s?c", true), ("*c", true), ("*", true), ("/dev/sdc*", true), ("/*/s*c", true),
        ("/dev/sdb", false), ("/dev/sd?c", false), ("/dev/rdsk/*", false), ("", false), ("/dev/sd*b", false),
    ])
    func aPatternFindsTheCommandDevice(_ pattern: String, _ fits: Bool) {
        #expect((devices.commandDevice(like: pattern)?.name == "/dev/sdc") == fits)
    }

    @Test func theHostsFileFillsInWhatTheEnvironmentLacks() {
        let text = "# ARRAYBENCH_CLOCK=9\nARRAYBENCH_CLOCK=60\nARRAYBENCH_KEY_FILE=/a=b\nARRAYBENCH_ROOT=/x\nPATH=/y\n"
        let merged = HostFacts.merged(text, into: ["ARRAYBENCH_KEY_FILE": "/k", "ARRAYBENCH_CLOCK": ""])
        #expect(merged == ["ARRAYBENCH_KEY_FILE": "/k", "ARRAYBENCH_CLOCK": "60"])
        #expect(HostFacts.merged(text, into: [:])["ARRAYBENCH_KEY_FILE"] == "/a=b")
        #expect(HostFacts.path(["ARRAYBENCH_ROOT": "/r"]) == "/r/etc/arraybench.host")
    }
}
