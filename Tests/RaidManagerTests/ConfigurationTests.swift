// Is every kind of line read, and is every kind of damage told with its line, its cause and its remedy?

import CommandDevice
import RaidManager
import ReplicationCore
import Testing

@Suite struct Configurations {
    static let whole = """
        # made by hand
        HORCM_MON
        #ip_address        service         poll(10ms)     timeout(10ms)
        127.0.0.1          horcm0               1000              3000

        HORCM_CMD
        \\\\.\\CMD-30053-250-CL1-A-1:/dev/rdsk/ /dev/cmd2   # two ways to one array
        /bench/arrays/east/dev/cmd
        \t \t
        HORCM_DEV
        oradb   oradev1   CL1-A     1   0
        oradb   oradev2   cl1-a-3   1   1   0
        bcgrp   bc1       CL1-A     1   2   1
        HORCM_LDEV
        vg1     d1   30053   02:40   h1
        vg1     d2   30053   576     2
        vg1     d3   30053   0x241
        HORCM_INST
        oradb   HST2   horcm0
        oradb   HST3   horcm0
        bcgrp   HST2   11000
        HORCM_INSTP
        vg1     HST2   horcm0   255
        """

    @Test func everyKindOfLineIsRead() throws {
        let read = try ConfigurationParser.parse(Self.whole, file: "horcm0.conf")
        #expect(read.monitor.service == "horcm0" && read.monitor.poll == .seconds(10))
        #expect(read.monitor.timeout == .seconds(30))
        #expect(
            read.commandDevices.map(\.devices) == [
                [.serial(ArraySerial(30053)), .file("/dev/cmd2")], [.file("/bench/arrays/east/dev/cmd")],
            ])
        #expect(read.groups == ["oradb", "bcgrp", "vg1"])
        #expect(read.volumes(in: "oradb")[1].location == .path(VolumePath(port: "CL1-A-3", target: 1, lun: 1)))
        #expect(
            read.volumes(in: "vg1").map(\.location) == [
                .ldev(ArraySerial(30053), LDEVNumber(0x240)), .ldev(ArraySerial(30053), LDEVNumber(576)),
                .ldev(ArraySerial(30053), LDEVNumber(0x241)),
            ])
        #expect(read.volumes(in: "vg1").map(\.mirror) == ["h1", "2", ""])
        #expect(read.partners(of: "oradb").map(\.address) == ["HST2", "HST3"])
        #expect(read.partners(of: "vg1").map(\.service) == ["horcm0"])
    }

    @Test func aFileWithOnlyACommandDeviceIsLegal() throws {
        let read = try ConfigurationParser.parse("HORCM_CMD\n\\\\.\\CMD-64015:/dev/sd\n", file: "f")
        #expect(read.commandDevices.count == 1 && read.monitor.service == "horcm")
    }

    @Test func aPollOfMinusOneTurnsTheMonitorOff() throws {
        let text = "HORCM_MON\nNONE 11000 -1 3000\nHORCM_CMD\n/dev/cmd\n"
        #expect(try ConfigurationParser.parse(text, file: "f").monitor.poll == nil)
    }

    static let long = String(repeating: "x", count: 64)
    static let damaged: [(text: String, line: Int?, cause: String)] = [
        ("oradb d1 30053 0\n", 1, "'oradb' stands before any section"),
        ("HORCM_FOO\n", 1, "'HORCM_FOO' is no section"),
        ("HORCM_MON extra\n", 1, "HORCM_MON is not alone on its line"),
        ("horcm_mon\n", 1, "'horcm_mon' stands before any section"),
        ("HORCM_LDEVG\ng grp\n", 2, "HORCM_LDEVG needs 3 fields, not 2"),
        ("HORCM_LDEVG\ng grp east\n", 2, "Serial# 'east' is no serial number"),
        ("HORCM_LDEVG\ng a 1\ng b 1\n", 3, "group 'g' is there already (line 2)"),
        ("HORCM_LDEV\ng d 1 1\nHORCM_LDEVG\ng a 1\n", 4, "group 'g' is there already (line 2)"),
        ("HORCM_LDEVG\ng a 1\nHORCM_LDEV\ng d 1 1\n", 4, "group 'g' is a group of the array already (line 2)"),
        ("HORCM_VCMD\n1 2\n", 2, "HORCM_VCMD needs 1 field, not 2"),
        ("HORCM_VCMD\neast\n", 2, "Serial# 'east' is no serial number"),
        ("HORCM_VCMD\n1\n01\n", 3, "HORCM_VCMD names 1 twice"),
        ("HORCM_ALLOW_INST\n10.0.0.1\n", 2, "HORCM_ALLOW_INST needs 2 fields, not 1"),
        ("HORCM_CMD\n/c\nHORCM_CTQM\ng 5\n", 4, "HORCM_CTQM names group 'g', which has no volume"),
        ("HORCM_MON\nlocalhost horcm0 1000\n", 2, "HORCM_MON needs 4 fields, not 3"),
        ("HORCM_MON\nlocalhost horcm0 fast 3000\n", 2, "poll 'fast' is no number of 10 ms"),
        ("HORCM_MON\nlocalhost horcm0 0 3000\n", 2, "poll '0' is no number of 10 ms"),
        ("HORCM_MON\nlocalhost horcm0 1000 -1\n", 2, "timeout '-1' is no number of 10 ms"),
        ("HORCM_MON\n\(long) h 1 1\n", 2, "ip_address '\(long)' has 64 characters"),
        ("HORCM_MON\nh sixteen_letters_ 1 1\n", 2, "service 'sixteen_letters_' has 16 characters"),
        ("HORCM_MON\na h 1 1\n\nb h 1 1\n", 4, "HORCM_MON has a second record"),
        ("HORCM_CMD\ncmd0\n", 2, "'cmd0' names no command device"),
        ("HORCM_CMD\n\\\\.\\IPCMD-10.0.0.1\n", 2, "'\\\\.\\IPCMD-10.0.0.1' has no address and port after IPCMD-"),
        ("HORCM_CMD\n\\\\.\\IPCMD-a-70000\n", 2, "'\\\\.\\IPCMD-a-70000' has no address and port after IPCMD-"),
        ("HORCM_CMD\n\\\\.\\IPCMD--31001\n", 2, "'\\\\.\\IPCMD--31001' has no address and port after IPCMD-"),
        ("HORCM_CMD\n\\\\.\\CMD-1-0:20\n", 2, "'20' in '\\\\.\\CMD-1-0:20' is no place for device files"),
        ("HORCM_CMD\n\\\\.\\CMD-1-x\n", 2, "'x' in '\\\\.\\CMD-1-x' is no LDEV"),
        ("HORCM_CMD\n\\\\.\\CMD-1-2-CL0-A\n", 2, "'CL0-A' in '\\\\.\\CMD-1-2-CL0-A' is no port"),
        ("HORCM_CMD\n\\\\.\\CMD-1-2-CL1-A-x\n", 2, "'CL1-A-x' in '\\\\.\\CMD-1-2-CL1-A-x' is no port"),
        ("HORCM_CMD\n\\\\.\\PHYSICALDRIVE1\n", 2, "'\\\\.\\PHYSICALDRIVE1' names no command device"),
        ("HORCM_CMD\n\\\\.\\CMD-east\n", 2, "'\\\\.\\CMD-east' has no serial number after CMD-"),
        ("HORCM_DEV\ng d CL1-A 1\n", 2, "HORCM_DEV needs 5 or 6 fields, not 4"),
        ("HORCM_DEV\ng d LC1 1 0\n", 2, "port# 'LC1' is no port"),
        ("HORCM_DEV\ng d CL1-AB 1 0\n", 2, "port# 'CL1-AB' is no port"),
        ("HORCM_DEV\ng d CL1-A x 0\n", 2, "TargetID 'x' is no number"),
        ("HORCM_DEV\ng d CL1-A 1 -1\n", 2, "LU# '-1' is no number"),
        ("HORCM_DEV\ng d CL1-A 1 0 9\n", 2, "MU# '9' is no mirror"),
        ("HORCM_LDEV\ng d 30053\n", 2, "HORCM_LDEV needs 4 or 5 fields, not 3"),
        ("HORCM_LDEV\ng d east 00:10\n", 2, "Serial# 'east' is no serial number"),
        ("HORCM_LDEV\ng d 30053 ZZ:10\n", 2, "'ZZ:10' is no LDEV"),
        ("HORCM_LDEV\ng d 30053 +10\n", 2, "'+10' is no LDEV"),
        ("HORCM_LDEV\ng d 1 1\ne d 1 1 h0\n", 3, "the volume has a record already (line 2)"),
        ("HORCM_LDEV\ng d 30053 70000\n", 2, "'70000' is no LDEV"),
        ("HORCM_LDEV\ng d 1 1\ng d 1 2\n", 3, "'d' is in group 'g' already (line 2)"),
        ("HORCM_LDEV\ng d 1 1\ng e 1 1\n", 3, "the volume has a record already (line 2)"),
        ("HORCM_INST\ng HST2\n", 2, "HORCM_INST needs 3 fields, not 2"),
        ("HORCM_INSTP\ng HST2 horcm\n", 2, "HORCM_INSTP needs 4 fields, not 3"),
        ("HORCM_INSTP\ng HST2 horcm 0\n", 2, "pathID '0' is out of range"),
        ("HORCM_INSTP\ng HST2 horcm 256\n", 2, "pathID '256' is out of range"),
        ("HORCM_MON\nh s 1 1\n", nil, "there is no HORCM_CMD record"),
        ("HORCM_CMD\n/c\nHORCM_LDEV\ng d 1 1\ng e 1 2\n", 4, "group 'g' has no partner"),
        ("HORCM_CMD\n/c\nHORCM_INST\ng h s\n", 4, "HORCM_INST names group 'g', which has no volume"),
    ]

    @Test(arguments: damaged.indices)
    func damageIsTold(_ index: Int) {
        let (text, line, cause) = Self.damaged[index]
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationParser.parse(text, file: "/etc/horcm0.conf")
        }
        #expect(error?.line == line)
        #expect(error?.cause == cause)
        #expect(error?.remedy.isEmpty == false)
        #expect(error?.description.hasPrefix("/etc/horcm0.conf") == true)
    }

    @Test func theEnvironmentDecidesWhereFilesAre() {
        let plain = InstanceEnvironment(["ARRAYBENCH_ROOT": "/r", "HORCMINST": "3"])
        #expect(plain.configurationFile == "/r/etc/horcm3.conf")
        #expect(
            plain.daemonLogDirectory == "/r/HORCM/log3/curlog" && plain.previousLogDirectory == "/r/HORCM/log3/tmplog")
        #expect(plain.socketPath == "/r/HORCM/.uds/horcmd_03" && plain.processTitle == "horcmd_03")
        #expect(plain.processIdentifierFile == "/r/HORCM/log3/horcmd.pid" && plain.keyFile == "/r/etc/arraybench.key")
        let none = InstanceEnvironment([:])
        #expect(none.configurationFile == "/etc/horcm.conf" && none.commandLogDirectory == "/HORCM/log")
        let other = InstanceEnvironment(["HORCMINST": "3", "HORCC_MRCF": ""], instance: 220)
        #expect(other.processTitle == "horcmd_0220" && other.mode == .mrcf)
        #expect(InstanceEnvironment(["ARRAYBENCH_CLOCK": "60x"]).clockRate == 60)
        #expect(InstanceEnvironment(["HORCMINST": "zero"]).instanceFault != nil)
    }
}
