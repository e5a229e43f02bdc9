// The wire form of a change of groups, and the form in which an array keeps its groups:
//
//   format 2 · count 4 · device groups · count 4 · copy groups, each as it goes over the wire

package import ReplicationCore

extension GroupChange {
    func write(to w: inout WireWriter) {
        switch self {
        case .add(let member, let group):
            w.write(UInt8(1))
            w.write(member.name)
            w.write(member.ldev.value)
            w.write(group)
        case .remove(let ldevs, let name, let group):
            w.write(UInt8(2))
            w.write(optional: ldevs) { $0.write($1) }
            w.write(optional: name) { $0.write($1) }
            w.write(group)
        case .addCopyGroup(let name, let deviceGroups, let mirror, let journal):
            w.write(UInt8(3))
            w.write(name)
            w.write(each: deviceGroups) { $0.write($1) }
            w.write(optional: mirror) { $0.write($1) }
            w.write(optional: journal) { $0.write($1) }
        case .removeCopyGroup(let name, let deviceGroup):
            w.write(UInt8(4))
            w.write(name)
            w.write(optional: deviceGroup) { $0.write($1) }
        }
    }

    init(from r: inout WireReader) throws(WireError) {
        func text(_ r: inout WireReader) throws(WireError) -> String? {
            try r.readOptional { (r) throws(WireError) in try r.readText() }
        }
        func number(_ r: inout WireReader) throws(WireError) -> UInt8? {
            try r.readOptional { (r) throws(WireError) in try r.read(UInt8.self) }
        }
        switch try r.read(UInt8.self) {
        case 1:
            let member = DeviceGroup.Member(name: try r.readText(), ldev: LDEVNumber(try r.read()))
            self = .add(member, to: try r.readText())
        case 2:
            self = .remove(
                ldevs: try r.readOptional { (r) throws(WireError) in try r.readLDEVs() }, name: try text(&r),
                from: try r.readText())
        case 3:
            self = .addCopyGroup(
                try r.readText(), deviceGroups: try r.readEach { (r) throws(WireError) in try r.readText() },
                mirror: try number(&r), journal: try number(&r))
        case 4: self = .removeCopyGroup(try r.readText(), deviceGroup: try text(&r))
        case _: throw .unknownValue(field: "group change")
        }
    }
}

extension GroupBook {
    private static let format: UInt16 = 1

    package func encoded() -> [UInt8] {
        var w = WireWriter(reserving: 64 + 40 * deviceGroups.reduce(0) { $0 + $1.members.count })
        w.write(Self.format)
        w.write(each: deviceGroups) { $1.write(to: &$0) }
        w.write(each: copyGroups) { $1.write(to: &$0) }
        return w.bytes
    }

    package init(decoding bytes: [UInt8]) throws(WireError) {
        var r = WireReader(bytes)
        let found = try r.read(UInt16.self)
        guard found == Self.format else { throw .unsupportedVersion(found) }
        self.init(
            deviceGroups: try r.readEach { (r) throws(WireError) in try DeviceGroup(from: &r) },
            copyGroups: try r.readEach { (r) throws(WireError) in try CopyGroup(from: &r) })
        try r.finish()
    }
}
