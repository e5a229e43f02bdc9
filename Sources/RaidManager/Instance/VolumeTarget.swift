// How a command line names volumes.

internal import CommandDevice
package import ReplicationCore

package struct VolumeTarget: Hashable, Sendable {
    package enum Place: Hashable, Sendable {
        case group(String)
        /// A dev_name; without a group, the first group that holds it.
        case device(String, group: String?)
        /// The volume that is this file or block device, or its whole group.
        case file(String, wholeGroup: Bool)
        case ldev(ArraySerial, LDEVNumber, wholeGroup: Bool)
    }

    package var place: Place
    /// The MU# behind `-d[g]`: which of several lines that name the same volume is meant.
    package var mirror: UInt8?
    /// The MU# behind `-FHORC` or `-FMRCF`: the mirror to look at, whatever the file says.
    package var shown: UInt8?

    package init(_ place: Place, mirror: UInt8? = nil, shown: UInt8? = nil) {
        self.place = place
        self.mirror = mirror
        self.shown = shown
    }

    package static func group(_ group: String) -> Self { Self(.group(group)) }
    package static func device(_ name: String, group: String?) -> Self { Self(.device(name, group: group)) }
    package static func file(_ path: String, wholeGroup: Bool, mirror: UInt8? = nil) -> Self {
        Self(.file(path, wholeGroup: wholeGroup), mirror: mirror)
    }
    package static func ldev(
        _ serial: ArraySerial, _ ldev: LDEVNumber, wholeGroup: Bool, mirror: UInt8? = nil
    ) -> Self {
        Self(.ldev(serial, ldev, wholeGroup: wholeGroup), mirror: mirror)
    }
}

extension VolumeTarget {
    func write(to w: inout WireWriter) {
        switch place {
        case .group(let group):
            w.write(UInt8(1))
            w.write(group)
        case .device(let name, let group):
            w.write(UInt8(2))
            w.write(name)
            w.write(optional: group) { $0.write($1) }
        case .file(let path, let wholeGroup):
            w.write(UInt8(3))
            w.write(path)
            w.write(wholeGroup)
        case .ldev(let serial, let ldev, let wholeGroup):
            w.write(UInt8(4))
            w.write(serial.value)
            w.write(ldev.value)
            w.write(wholeGroup)
        }
        w.write(optional: mirror) { $0.write($1) }
        w.write(optional: shown) { $0.write($1) }
    }

    init(from r: inout WireReader) throws(WireError) {
        self.init(
            try Place(from: &r), mirror: try r.readOptional { (r) throws(WireError) in try r.read(UInt8.self) },
            shown: try r.readOptional { (r) throws(WireError) in try r.read(UInt8.self) })
    }
}

extension VolumeTarget.Place {
    fileprivate init(from r: inout WireReader) throws(WireError) {
        switch try r.read(UInt8.self) {
        case 1: self = .group(try r.readText())
        case 2:
            self = .device(
                try r.readText(), group: try r.readOptional { (r) throws(WireError) in try r.readText() })
        case 3: self = .file(try r.readText(), wholeGroup: try r.readFlag())
        case 4:
            self = .ldev(ArraySerial(try r.read()), LDEVNumber(try r.read()), wholeGroup: try r.readFlag())
        case _: throw .unknownValue(field: "volume target")
        }
    }
}
