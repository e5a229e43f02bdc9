// Is every length, count and number of horcmN.conf taken at its limit and refused behind it, and are all notations of real
// files read?
//
// - Source: RAID Manager reference, sections 1.2 (the table of limits) and 1.4 to 1.7.

import CommandDevice
import RaidManager
import ReplicationCore
import Testing

@Suite struct ConfigurationLimits {
    /// A whole file with one field of it replaced by `letters` of the same kind.
    private static func file(_ field: String, _ text: String) -> String {
        var values = [
            "ip": "HST1", "service": "horcm0", "cmd": "/dev/cmd", "group": "g", "name": "d", "port": "CL1-A",
            "target": "0",
            "lun": "0", "mu": "0", "serial": "30053", "ldev": "00:10", "partner": "HST2", "other": "horcm0",
            "path": "1",
            "copy": "c", "array group": "ag", "allowed": "HST3", "allowed service": "horcm1", "vcmd": "30053",
        ]
        values[field] = text
        func value(_ name: String) -> String { values[name] ?? "" }
        return """
            HORCM_MON
            \(value("ip")) \(value("service")) 1000 3000
            HORCM_CMD
            \(value("cmd"))
            HORCM_VCMD
            \(value("vcmd"))
            HORCM_DEV
            \(value("group")) \(value("name")) \(value("port")) \(value("target")) \(value("lun")) \(value("mu"))
            HORCM_LDEV
            l d1 \(value("serial")) \(value("ldev"))
            HORCM_LDEVG
            \(value("copy")) \(value("array group")) 30053
            HORCM_INST
            \(value("group")) \(value("partner")) \(value("other"))
            \(value("copy")) HST2 horcm0
            HORCM_INSTP
            l HST2 horcm0 \(value("path"))
            HORCM_ALLOW_INST
            \(value("allowed")) \(value("allowed service"))
            """
    }

    private static func letters(_ count: Int) -> String { String(repeating: "x", count: count) }

    /// The longest that is taken, the shortest that is not, its line, and the remedy.
    static let limits: [(field: String, longest: String, tooLong: String, line: Int, remedy: String)] = [
        ("ip", letters(63), letters(64), 2, "Use at most 63"),
        ("service", letters(15), letters(16), 2, "Use at most 15"),
        ("cmd", "/" + letters(62), "/" + letters(63), 4, "Use at most 63"),
        ("vcmd", "000000030053", "0000000030053", 6, "Give at most 12 digits"),
        ("group", letters(31), letters(32), 8, "Use at most 31"),
        ("name", letters(31), letters(32), 8, "Use at most 31"),
        ("port", "CL1-A-255", "CL1-A-256", 8, "Write it like CL1-A, or CL1-A-3 with a host group"),
        ("port", "CLG-Z", "CL1-A-" + letters(26), 8, "Use at most 31"),
        ("target", "0000255", "00000255", 8, "Use at most 7"),
        ("target", "65535", "65536", 8, "Give a decimal number"),
        ("lun", "0002047", "00002047", 8, "Use at most 7"),
        ("mu", "h3", "h4", 8, "Leave it out, or give 0 to 2 or h0 to h3"),
        ("mu", "2", "3", 8, "Leave it out, or give 0 to 2 or h0 to h3"),
        ("serial", "000000030053", "0000000030053", 10, "Give at most 12 digits"),
        ("ldev", "0xFEFE", "0x0FEFE", 10, "Use at most 6"),
        ("ldev", "65535", "65536", 10, "Write it like 02:40, 576 or 0x240"),
        ("ldev", "FF:FF", "100:00", 10, "Write it like 02:40, 576 or 0x240"),
        ("copy", letters(31), letters(32), 12, "Use at most 31"),
        ("array group", letters(31), letters(32), 12, "Use at most 31"),
        ("partner", letters(63), letters(64), 14, "Use at most 63"),
        ("other", letters(15), letters(16), 14, "Use at most 15"),
        ("path", "255", "256", 17, "Give a number from 1 to 255"),
        ("path", "1", "0", 17, "Give a number from 1 to 255"),
        ("allowed", letters(63), letters(64), 19, "Use at most 63"),
        ("allowed service", letters(15), letters(16), 19, "Use at most 15"),
    ]

    @Test(arguments: limits.indices)
    func theLimitHolds(_ index: Int) throws {
        let (field, longest, tooLong, line, remedy) = Self.limits[index]
        _ = try ConfigurationParser.parse(Self.file(field, longest), file: "/etc/horcm0.conf")
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationParser.parse(Self.file(field, tooLong), file: "/etc/horcm0.conf")
        }
        #expect(error?.line == line && error?.remedy == remedy, "\(field): \(error?.description ?? "")")
        #expect(error?.description.hasPrefix("/etc/horcm0.conf:\(line): ") == true)
    }

    @Test func sixtyFourArraysAreTheMost() throws {
        let lines = (1...64).map { "/dev/cmd\($0) /dev/alternate\($0)\n" }.joined()
        #expect(try ConfigurationParser.parse("HORCM_CMD\n" + lines, file: "f").commandDevices.count == 64)
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationParser.parse("HORCM_CMD\n" + lines + "/dev/one-more\n", file: "f")
        }
        #expect(error?.description == "f:66: HORCM_CMD has more than 64 lines. Remove lines.")
    }

    @Test(
        arguments: [
            ("/dev/rdsk/c0t0d0", CommandDeviceName.file("/dev/rdsk/c0t0d0")),
            ("/dev/sd*", .pattern("/dev/sd*")),
            (#"\\.\CMD-30095"#, .serial(ArraySerial(30095))),
            (#"\\.\CMD-30095-250"#, .serial(ArraySerial(30095))),
            (#"\\.\CMD-30095-250-CL1-A"#, .serial(ArraySerial(30095))),
            (#"\\.\CMD-30095-250-CL1-A-1"#, .serial(ArraySerial(30095))),
            (#"\\.\CMD-30095-250-CL1-A-1:/dev/rdsk/"#, .serial(ArraySerial(30095))),
            (#"\\.\CMD-350147:/dev/sd"#, .serial(ArraySerial(350147))),
            (#"\\.\CMD-64015:/dev/rdsk/*"#, .serial(ArraySerial(64015))),
            (#"\\.\IPCMD-192.0.2.35-31001"#, .network(InstanceAddress(address: "192.0.2.35", service: "31001"))),
            (#"\\.\IPCMD-svp-east.lan-31001"#, .network(InstanceAddress(address: "svp-east.lan", service: "31001"))),
            (#"\\.\IPCMD-2001:db8::5-31001"#, .network(InstanceAddress(address: "2001:db8::5", service: "31001"))),
        ])
    func everyNameOfACommandDeviceIsRead(_ text: String, _ name: CommandDeviceName) throws {
        let read = try ConfigurationParser.parse("HORCM_CMD\n#dev_name\n\(text) /dev/alternate # b\n", file: "f")
        #expect(read.commandDevices.map(\.devices) == [[name, .file("/dev/alternate")]])
    }

    /// Blanks before a record, tabs, lines as Windows ends them, IPv6, comments behind data, one name in two cases.
    @Test func aFileOfRealLifeIsRead() throws {
        let text = """
            \tHORCM_MON\r
            \t#ip_address\tservice\tpoll(10ms)\t\ttimeout(10ms)\r
            \tfe80::20f:20ff:fe1a:1\t31000\t-1\t\t\t3000   # IPv6\r
            HORCM_CMD\r
            \\\\.\\CMD-30095-250-CL1-A-1:/dev/rdsk/ /dev/sd*\r
            \r
            HORCM_LDEV
            \tbvmint02\t\t\tBVMINT02_POOL01\t\t745175\t00:00\t\tH0
            bvmint02 POOL02 745175 0x1
            bc       POOL01 745175 0 0
            HORCM_INST
            bvmint02\t\t\t2001:db8::2\t31001
            bvmint02 NONE6 31002
            bc localhost 31003
            """
        let read = try ConfigurationParser.parse(text, file: "f")
        #expect(read.monitor.address == "fe80::20f:20ff:fe1a:1" && read.monitor.poll == nil)
        #expect(read.volumes.map(\.mirror) == ["h0", "", "0"] && read.volumes.map(\.line) == [8, 9, 10])
        #expect(read.partners(of: "bvmint02").map(\.address) == ["2001:db8::2", "NONE6"])
    }

    @Test func theNewerSectionsAreRead() throws {
        let read = try ConfigurationParser.parse(
            """
            HORCM_CMD
            /dev/cmd
            HORCM_VCMD
            # redefine Unitid
            66666   # virtual
            66667
            HORCM_LDEVG
            copygrp1 grpP 353010
            HORCM_INSTP
            copygrp1 HST2 horcm 7
            HORCM_CTQM
            copygrp1 anything 5
            HORCM_ALLOW_INST
            192.0.2.9 34001
            """, file: "f")
        #expect(read.monitor.address == nil && read.monitor.service == "horcm")
        #expect(read.virtualMachines == [ArraySerial(66666), ArraySerial(66667)])
        #expect(read.groups == ["copygrp1"] && read.arrayGroups.map(\.arrayGroup) == ["grpP"])
        #expect(read.partners.map(\.path) == [7])
        #expect(read.allowed == [InstanceAddress(address: "192.0.2.9", service: "34001")])
        #expect(read.markedGroups == ["copygrp1"] && read.withoutEffect.count == 2)
        #expect(read.answered == read.allowed + [InstanceAddress(address: "HST2", service: "horcm")])
    }

    @Test func withoutTheSectionEverybodyIsAnswered() throws {
        let text = "HORCM_CMD\n/c\nHORCM_LDEV\ng d 1 1\nHORCM_INST\ng h s\n"
        #expect(try ConfigurationParser.parse(text, file: "f").answered == nil)
    }

    @Test func aCopyGroupOfTheArraySaysWhichMirrorIsMeant() throws {
        let serial = ArraySerial(7)
        let group = DeviceGroup(name: "p", members: [.init(name: "d", ldev: LDEVNumber(1))])
        let groups = ArrayGroups(
            [serial: [group]],
            copyGroups: [
                serial: [
                    CopyGroup(name: "local", deviceGroup: "other", mirror: 2),
                    CopyGroup(name: "local", deviceGroup: "p", mirror: 1), CopyGroup(name: "remote", deviceGroup: "p"),
                ]
            ])
        func mirrors(_ name: String) throws -> [String] {
            let text = "HORCM_CMD\n/c\nHORCM_LDEVG\n\(name) p 7\nHORCM_INST\n\(name) h s\n"
            return try groups.resolving(ConfigurationParser.parse(text, file: "f"), file: "f").volumes.map(\.mirror)
        }
        #expect(try mirrors("local") == ["1"] && mirrors("remote") == [""] && mirrors("unknown") == [""])
    }

    @Test func groupsOfTheArrayBecomeVolumes() throws {
        let members = [
            DeviceGroup.Member(name: "d2", ldev: LDEVNumber(0x11)), .init(name: "d1", ldev: LDEVNumber(0x10)),
        ]
        let groups = ArrayGroups([
            ArraySerial(353010): [DeviceGroup(name: "other", members: []), DeviceGroup(name: "grpP", members: members)]
        ])
        let text = "HORCM_CMD\n/c\nHORCM_LDEVG\ncopygrp1 GROUP 353010\nHORCM_INST\ncopygrp1 h s\n"
        let read = try groups.resolving(
            ConfigurationParser.parse(text.replacing("GROUP", with: "grpP"), file: "f"), file: "f")
        #expect(read.volumes(in: "copygrp1").map(\.name) == ["d1", "d2"])
        #expect(read.volumes.first?.location == .ldev(ArraySerial(353010), LDEVNumber(0x10)))
        let unknown = try ConfigurationParser.parse(text, file: "f")
        let error = #expect(throws: ConfigurationError.self) { try groups.resolving(unknown, file: "f") }
        #expect(error?.line == 4 && error?.cause == "array 353010 has no device group 'GROUP'")
        let elsewhere = #expect(throws: ConfigurationError.self) {
            try groups.resolving(
                ConfigurationParser.parse(text.replacing("353010", with: "353011"), file: "f"), file: "f")
        }
        #expect(elsewhere?.line == 4 && elsewhere?.cause == "array 353011 is not reached by HORCM_CMD")
    }

    @Test func addressesLeadToWhereInstancesListen() {
        let map = InstanceAddresses([
            .init(InstanceAddress(address: "HST1", service: "horcm0"), port: 40_001),
            .init(InstanceAddress(address: "2001:db8::2", service: "horcm0"), port: 40_002),
        ])
        #expect(InstanceAddresses(parsing: map.text) == map)
        #expect(map.entry(for: InstanceAddress(address: "hst1", service: "horcm0"))?.port == 40_001)
        #expect(map.entry(for: InstanceAddress(address: "HST1", service: "horcm1")) == nil)
        #expect(InstanceAddresses(parsing: "# a b c 1\nHST1 horcm0 127.0.0.1 70000\nx\n").entries.isEmpty)
    }
}
