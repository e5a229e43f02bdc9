// What a command orders of the instance itself, and one thing that took another's place.

package import ReplicationCore

package enum InstanceControl: Hashable, Sendable {
    /// To use the next command device of the unit: that of the array which came in that place in HORCM_CMD.
    case switchCommandDevice(unit: UInt8)
    /// To ask the partner at the next HORCM_INST line of the group first.
    case changePartner(group: String)
    /// To let these volumes be changed in protection mode.
    case permit([VolumeNumber])
}

/// A volume by what an array calls it.
package struct VolumeNumber: Hashable, Sendable {
    package var serial: ArraySerial
    package var ldev: LDEVNumber

    package init(_ serial: ArraySerial, _ ldev: LDEVNumber) {
        self.serial = serial
        self.ldev = ldev
    }
}

/// What was in use, and what is now.
package struct Replacement: Hashable, Sendable {
    package var before: String
    package var after: String

    package init(_ before: String, _ after: String) {
        self.before = before
        self.after = after
    }
}

extension InstanceControl {
    func write(to w: inout WireWriter) {
        switch self {
        case .switchCommandDevice(let unit):
            w.write(UInt8(1))
            w.write(unit)
        case .changePartner(let group):
            w.write(UInt8(2))
            w.write(group)
        case .permit(let volumes):
            w.write(UInt8(3))
            w.write(each: volumes) {
                $0.write($1.serial.value)
                $0.write($1.ldev.value)
            }
        }
    }

    init(from r: inout WireReader) throws(WireError) {
        switch try r.read(UInt8.self) {
        case 1: self = .switchCommandDevice(unit: try r.read())
        case 2: self = .changePartner(group: try r.readText())
        case 3:
            self = .permit(
                try r.readEach { (r) throws(WireError) in
                    VolumeNumber(ArraySerial(try r.read()), LDEVNumber(try r.read()))
                })
        case _: throw .unknownValue(field: "instance control")
        }
    }
}
