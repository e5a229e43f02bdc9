// A description as a bench file, for benches that were not written by hand. What has its default value is left out.

internal import ReplicationCore

package enum BenchFileText {
    /// - Parameter heading: lines of a comment.
    package static func text(_ bench: BenchDescription, heading: [String] = []) -> String {
        var lines = heading.map { "# \($0)" }
        lines.append("clock: \(bench.clockRate)x")
        if bench.trackBytes != TrackLayout.defaultTrack { lines.append("track: \(bench.trackBytes)") }
        lines.append("arrays:")
        for array in bench.arrays {
            lines += ["  - name: \(word(array.name))", "    serial: \(array.serial)", "    ldevs:"]
            lines += array.ldevs.map { ldev in
                "      - { id: \(ldev.number), size: \(size(ldev.sizeBytes)), port: \(ldev.port), target: \(ldev.target), "
                    + "lun: \(ldev.lun) }"
            }
        }
        if !bench.links.isEmpty { lines.append("links:") }
        for link in bench.links {
            lines.append(
                "  - { name: \(word(link.name)), between: [\(word(link.between.0)), \(word(link.between.1))], kind: unix }"
            )
        }
        if !bench.hosts.isEmpty { lines.append("hosts:") }
        for host in bench.hosts { lines += Self.lines(host) }
        if !bench.groups.isEmpty { lines.append("groups:") }
        for group in bench.groups { lines += Self.lines(group) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(_ host: HostDescription) -> [String] {
        var lines = [
            "  - name: \(word(host.name))", "    array: \(word(host.array))", "    instance: \(host.instance)",
        ]
        if let port = host.port { lines.append("    port: \(port)") }
        if let file = host.configuration { lines.append("    horcm: \(word(file))") }
        if let other = host.beside { lines.append("    beside: \(word(other))") }
        if !host.commandDevices.isEmpty { lines.append("    command-devices:") }
        lines += host.commandDevices.map { "      - { name: \(word($0.name)), array: \(word($0.array)) }" }
        return lines
    }

    private static func lines(_ group: GroupDescription) -> [String] {
        var lines = [
            "  - name: \(word(group.name))", "    hosts: [\(word(group.hosts.0)), \(word(group.hosts.1))]",
        ]
        if let mode = group.mode { lines.append("    fence: \(PairReport.word(mode))") }
        if let mirror = group.mirror { lines.append("    mirror: \(mirror)") }
        lines.append("    pairs:")
        lines += group.pairs.map { "      - { name: \(word($0.name)), ldevs: [\($0.ldevs.0), \($0.ldevs.1)] }" }
        return lines
    }

    private static func size(_ bytes: UInt64) -> String { QuantityText.describe(bytes: bytes).replacing(" ", with: "") }

    /// Quoted, unless it is plain in every version of YAML.
    private static func word(_ text: String) -> String {
        let isPlain = text.utf8.enumerated().allSatisfy { index, byte in
            (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || byte == UInt8(ascii: "/")
                || index > 0 && ((byte >= 0x30 && byte <= 0x39) || "-_.".utf8.contains(byte))
        }
        return isPlain && !text.isEmpty
            ? text : "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
