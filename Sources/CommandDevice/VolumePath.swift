// Where a host finds a volume, and how a request names volumes.

package import ReplicationCore

/// Where a host finds a volume: port, target and logical unit number.
package struct VolumePath: Hashable, Sendable {
    /// `CL1-A`, or with a host group `CL1-A-3`.
    package var port: String
    package var target: UInt16
    package var lun: UInt16
    package init(port: String, target: UInt16, lun: UInt16) {
        self.port = port
        self.target = target
        self.lun = lun
    }
}

extension VolumePath {
    /// A port as RAID Manager names it, in upper case: `CL<cluster>-<letter>`, with an optional `-<host group>`. Clusters are 1
    /// to 9 and A to G.
    /// - Returns: nil if the text is no port.
    /// - Source: RAID Manager reference, section 1.5; the letters of clusters are known of the largest arrays.
    package static func port(parsing text: String) -> String? {
        let port = text.uppercased()
        let parts = port.split(separator: "-", omittingEmptySubsequences: false).map { Array($0.utf8) }
        guard (2...3).contains(parts.count), parts[0].count == 3, parts[0].starts(with: "CL".utf8),
            (0x31...0x39).contains(parts[0][2]) || (0x41...0x47).contains(parts[0][2]),
            parts[1].count == 1, (0x41...0x5A).contains(parts[1][0])
        else { return nil }
        guard parts.count == 3 else { return port }
        guard parts[2].allSatisfy({ (0x30...0x39).contains($0) }),
            UInt8(String(decoding: parts[2], as: UTF8.self)) != nil
        else { return nil }
        return port
    }

    func write(to w: inout WireWriter) {
        w.write(port)
        w.write(target)
        w.write(lun)
    }
    init(from r: inout WireReader) throws(WireError) {
        self.init(port: try r.readText(), target: try r.read(), lun: try r.read())
    }
}

/// How a request names volumes.
package enum VolumeSelection: Hashable, Sendable {
    case all
    case ldevs([LDEVNumber])
    case paths([VolumePath])
}

extension VolumeSelection {
    func write(to w: inout WireWriter) {
        switch self {
        case .all: w.write(UInt8(1))
        case .ldevs(let ldevs):
            w.write(UInt8(2))
            w.write(ldevs)
        case .paths(let paths):
            w.write(UInt8(3))
            w.write(each: paths) { $1.write(to: &$0) }
        }
    }
    init(from r: inout WireReader) throws(WireError) {
        switch try r.read(UInt8.self) {
        case 1: self = .all
        case 2: self = .ldevs(try r.readLDEVs())
        case 3: self = .paths(try r.readEach { (r) throws(WireError) in try VolumePath(from: &r) })
        case _: throw .unknownValue(field: "volume selection")
        }
    }
}
