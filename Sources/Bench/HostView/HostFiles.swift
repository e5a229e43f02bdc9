// The files of a host's root folder, as they are when the bench starts. Inside a view the folder is /etc and /HORCM, outside
// ARRAYBENCH_ROOT stands for it; both mean the same files, so that commands, daemons and scripts agree wherever they run.

internal import CommandDevice
internal import Foundation
internal import RaidManager

#if canImport(Glibc)
    internal import Glibc
#endif

package enum HostFiles {
    /// Settings that commands and daemons take from `etc/arraybench.host` when their environment was cleared (`env -i`,
    /// sudo, cron). A variable that is set wins.
    package static func settings(of bench: BenchDescription, layout: BenchLayout) -> String {
        """
        # What the emulated commands of this host need to know. Written by arraybench.
        ARRAYBENCH_KEY_FILE=\(layout.key)
        ARRAYBENCH_CLOCK=\(bench.clockRate)
        ARRAYBENCH_COMMAND_DEVICES=\(layout.commandDevices)

        """
    }

    /// The machine's file with the bench's hosts, and with `others`, which all are this machine.
    package static func hosts(machine: String, in bench: BenchDescription, others: [String] = []) -> String {
        let known = Set(machine.split(separator: "\n").flatMap { names(of: $0) })
        let named = bench.hosts.map(\.name)
        let new = (named + others.filter { !named.contains($0) }).filter { !known.contains($0) }
        return ended(machine) + new.map { "127.0.0.1\t\($0)\n" }.joined()
    }

    private static func names(of line: Substring) -> [String] {
        line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }.dropFirst().map(String.init)
    }

    /// The machine's file with a service for each RAID Manager instance.
    /// - Parameter named: those that the host's own horcm<N>.conf names; nil if the bench wrote it.
    package static func services(
        machine: String, in bench: BenchDescription, ports: [String: UInt16], named: [(String, UInt16)]? = nil
    ) -> String {
        let own =
            named ?? bench.hosts.compactMap { host in ports[host.name].map { ("horcm\(host.instance)", $0) } }
        let others = machine.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
            !own.contains { line.hasPrefix($0.0 + " ") || line.hasPrefix($0.0 + "\t") }
        }
        return ended(others.joined(separator: "\n")) + own.map { "\($0.0)\t\($0.1)/udp\n" }.joined()
    }

    private static func ended(_ text: String) -> String { text.isEmpty || text.hasSuffix("\n") ? text : text + "\n" }
}

extension Bench {
    /// Writes the files of every host: horcm<N>.conf, and what commands and programs look up.
    func writeHostFiles() throws(BenchFailure) {
        let configurations = try HostConfigurations(description, layout)
        for host in description.hosts where host.beside == nil {
            let members = description.hosts(onMachine: host.name)
            try makeFolders(of: members)
            var plan: AddressPlan?
            for member in members {
                guard let own = try configurations.addresses(of: member, in: description) else { continue }
                plan = try plan?.joined(with: own) ?? own
            }
            var files = machineFiles(of: host, plan)
            for member in members { files += configurationFiles(of: member, configurations[member.name]) }
            for member in members where member.configuration?.hasSuffix("/horcm.conf") ?? false {
                try BenchFolder.link("\(layout.host(host.name))/etc/horcm.conf", to: "horcm\(member.instance).conf")
            }
            for (name, text) in files {
                let path = "\(layout.host(host.name))/etc/\(name)"
                try BenchFolder.write(text, to: path)
                unsafe chmod(path, 0o644)
            }
        }
    }

    /// Every user of the host reads these; from outside, the bench's own folder keeps strangers out.
    private func makeFolders(of members: [HostDescription]) throws(BenchFailure) {
        let folder = layout.host(members[0].name)
        for part in ["/etc", "/HORCM", "/HORCM/etc", "/HORCM/usr", "/HORCM/usr/bin", "/view"] {
            try BenchFolder.make(folder + part)
            unsafe chmod(folder + part, 0o755)
        }
        for member in members {
            try BenchFolder.make(layout.horcmLog(host: members[0].name, instance: member.instance), mode: 0o755)
        }
        for member in members.dropFirst() { try BenchFolder.link(layout.host(member.name), to: members[0].name) }
        try BenchFolder.link(folder + "/HORCM/etc/horcmgr", to: "../usr/bin/horcmgr")
        try BenchFolder.link(folder + "/etc/horcmgr", to: "/HORCM/etc/horcmgr")
    }

    private func machineFiles(of host: HostDescription, _ plan: AddressPlan?) -> [(String, String)] {
        let machine = { (path: String) in (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
        let files = [
            ("arraybench.host", HostFiles.settings(of: description, layout: layout)),
            ("arraybench.devices", HostDisks.table(of: host, in: description, layout: layout).text),
            ("hostname", host.name + "\n"),
            ("hosts", HostFiles.hosts(machine: machine("/etc/hosts"), in: description, others: plan?.names ?? [])),
            (
                "services",
                HostFiles.services(
                    machine: machine("/etc/services"), in: description, ports: record.ports,
                    named: plan?.services(ports: record.ports))
            ),
        ]
        return files + (plan.map { [("arraybench.addresses", $0.file(ports: record.ports))] } ?? [])
    }

    /// The host's horcm<N>.conf: the owner's, once, or the bench's, always.
    private func configurationFiles(of host: HostDescription, _ own: HostConfigurations.Own?) -> [(String, String)] {
        let name = "horcm\(host.instance).conf"
        guard let own else { return [(name, HorcmFile.text(for: host, in: description, ports: record.ports))] }
        return own.isNew ? [(name, own.text)] : []
    }
}
