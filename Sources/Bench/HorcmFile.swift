// The horcm<N>.conf of a host's RAID Manager instance, in the column layout that scripts cut apart with awk and grep.
// - Source: RAID Manager reference, sections 1.2 to 1.7.

internal import Foundation
internal import ReplicationCore

package enum HorcmFile {
    /// - Parameter ports: UDP port by host name; every host of the bench has one.
    package static func text(
        for host: HostDescription, in bench: BenchDescription, ports: [String: UInt16]
    ) -> String {
        var lines = [
            "# RAID Manager instance \(host.instance) of host \(host.name). Written by arraybench.",
            "",
            "HORCM_MON",
            "#ip_address        service         poll(10ms)     timeout(10ms)",
            row([("127.0.0.1", -18), ("\(ports[host.name] ?? 0)", -15), ("1000", 10), ("3000", 17)]),
            "",
            "HORCM_CMD",
            "#dev_name",
            // By its serial: that means the same inside a host's view and outside.
            "\\\\.\\CMD-\(bench.array(named: host.array)?.serial ?? 0):/dev/sd",
        ]
        let groups = bench.groups.filter { $0.hosts.0 == host.name || $0.hosts.1 == host.name }
        if let serial = bench.array(named: host.array)?.serial, !groups.isEmpty {
            lines += ["", "HORCM_LDEV", "#dev_group        dev_name        Serial#      CU:LDEV(LDEV#)   MU#"]
            for group in groups {
                for pair in group.pairs {
                    let ldev = group.hosts.0 == host.name ? pair.ldevs.0 : pair.ldevs.1
                    lines.append(
                        row([
                            (group.name, -17), (pair.name, -15), ("\(serial)", -12), ("\(ldev)", -16),
                            (group.mirrorText, 0),
                        ]))
                }
            }
            lines += ["", "HORCM_INST", "#dev_group        ip_address      service"]
            for group in groups {
                let partner = group.hosts.0 == host.name ? group.hosts.1 : group.hosts.0
                lines.append(row([(group.name, -17), ("127.0.0.1", -15), ("\(ports[partner] ?? 0)", 0)]))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Fields padded to a width, negative widths to the left, with a blank between two.
    private static func row(_ fields: [(text: String, width: Int)]) -> String {
        fields.map { field in
            let padding = String(repeating: " ", count: max(0, abs(field.width) - field.text.count))
            return field.width < 0 ? field.text + padding : padding + field.text
        }.joined(separator: " ")
    }
}
