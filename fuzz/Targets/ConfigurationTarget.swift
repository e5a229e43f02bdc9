// horcmN.conf: a file that people write, copy from other machines, and generate.

internal import CommandDevice
internal import RaidManager
internal import ReplicationCore

extension FuzzTarget {
    /// What is accepted says the same when it is written down and read again, and keeps the limits of the manual.
    static let configuration = FuzzTarget(
        "configuration", "a horcmN.conf", seeds: { ConfigurationSeeds.all },
        fault: { bytes in
            guard let read = try? ConfigurationParser.parse(String(decoding: bytes, as: UTF8.self), file: "f") else {
                return nil
            }
            guard let again = try? ConfigurationParser.parse(ConfigurationText.of(read), file: "f") else {
                return "what was accepted is not accepted again:\n\(ConfigurationText.of(read))"
            }
            guard again.withoutLines == read.withoutLines else { return "read again, it says something else" }
            return ConfigurationText.fault(read)
        })
}

extension HorcmConfiguration {
    fileprivate var withoutLines: HorcmConfiguration {
        var configuration = self
        for index in volumes.indices { configuration.volumes[index].line = 0 }
        for index in arrayGroups.indices { configuration.arrayGroups[index].line = 0 }
        return configuration
    }
}

private enum ConfigurationText {
    /// One section for each record keeps their order.
    static func of(_ configuration: HorcmConfiguration) -> String {
        let monitor = configuration.monitor
        var lines: [String] = []
        if let address = monitor.address {
            let poll = monitor.poll.map(centiseconds) ?? "-1"
            lines += ["HORCM_MON", "\(address) \(monitor.service) \(poll) \(centiseconds(monitor.timeout))"]
        }
        lines += ["HORCM_CMD"] + configuration.commandDevices.map { $0.devices.map(name).joined(separator: " ") }
        lines += ["HORCM_VCMD"] + configuration.virtualMachines.map { "\($0.value)" }
        lines += configuration.volumes.flatMap(volume)
        lines += ["HORCM_LDEVG"] + configuration.arrayGroups.map { "\($0.group) \($0.arrayGroup) \($0.serial.value)" }
        lines += configuration.partners.flatMap { partner in
            let fields = "\(partner.group) \(partner.address) \(partner.service)"
            return partner.path.map { ["HORCM_INSTP", "\(fields) \($0)"] } ?? ["HORCM_INST", fields]
        }
        lines += ["HORCM_CTQM"] + configuration.markedGroups
        lines += ["HORCM_ALLOW_INST"] + configuration.allowed.map { "\($0.address) \($0.service)" }
        return lines.joined(separator: "\n")
    }

    private static func volume(_ volume: HorcmConfiguration.VolumeLine) -> [String] {
        switch volume.location {
        case .ldev(let serial, let ldev):
            ["HORCM_LDEV", "\(volume.group) \(volume.name) \(serial.value) \(ldev.value) \(volume.mirror)"]
        case .path(let path):
            [
                "HORCM_DEV",
                "\(volume.group) \(volume.name) \(path.port) \(path.target) \(path.lun) \(volume.mirror)",
            ]
        }
    }

    private static func centiseconds(_ span: Span) -> String { "\(span.nanoseconds / 10_000_000)" }

    private static func name(_ device: CommandDeviceName) -> String {
        switch device {
        case .file(let path), .pattern(let path): path
        case .network(let address): "\\\\.\\IPCMD-\(address.address)-\(address.service)"
        case .serial(let serial): "\\\\.\\CMD-\(serial.value)"
        }
    }

    /// - Source: RAID Manager reference, section 1.2.
    static func fault(_ read: HorcmConfiguration) -> String? {
        if read.commandDevices.isEmpty || read.commandDevices.count > 64 { return "HORCM_CMD has no line, or too many" }
        for volume in read.volumes {
            if volume.group.utf8.count > 31 || volume.name.utf8.count > 31 { return "a name is too long" }
            if read.partners(of: volume.group).isEmpty { return "group \(volume.group) has no partner" }
        }
        let names = read.volumes.map { [$0.group, $0.name] }
        return Set(names).count == names.count ? nil : "a group has a name twice"
    }
}

private enum ConfigurationSeeds {
    static let all: [FuzzSeed] = texts.map { FuzzSeed($0.key, Array($0.value.utf8)) }.sorted { $0.name < $1.name }

    private static let texts = [
        "remote": """
        # RAID Manager instance 0 of host east. Written by arraybench.

        HORCM_MON
        #ip_address        service         poll(10ms)     timeout(10ms)
        127.0.0.1          50001                 1000              3000

        HORCM_CMD
        #dev_name
        \\\\.\\CMD-30053:/dev/sd

        HORCM_LDEV
        #dev_group        dev_name        Serial#      CU:LDEV(LDEV#)   MU#
        oradb             dev1            30053        00:10            0
        oradb             dev2            30053        17               h1

        HORCM_INST
        #dev_group        ip_address      service
        oradb             127.0.0.1       50002

        """,
        "ports": "HORCM_CMD\n/dev/sdb /dev/sdc\nHORCM_DEV\noradb d1 CL1-A-3 1 0 0\noradb d2 CL2-B 0 4 \nHORCM_INST\n"
            + "oradb HST2 horcm\noradb fe80::1 horcm1\n",
        "paths": "HORCM_MON\nNONE horcm0 -1 3000\nHORCM_CMD\n\\\\.\\CMD-350147-250-CL1-A-1:/dev/sd\nHORCM_LDEV\n"
            + "g n 12 0x240 2\nHORCM_INSTP\ng HST2 horcm 255\n",
        "all-sections": #"""
        HORCM_CMD
        \\.\IPCMD-192.0.2.1-31001 /dev/sd*
        HORCM_VCMD
        30053
        HORCM_LDEVG
        copygrp1 grpP 30053
        HORCM_INST
        copygrp1 HST2 horcm
        HORCM_CTQM
        copygrp1
        HORCM_ALLOW_INST
        fe80::1 horcm1

        """#,
        "only-command-device": "HORCM_CMD\n/dev/sdb\n",
    ]
}
