// Which command device of each array is in use, and which one comes next when it fails or is exchanged by hand.
//
// A unit is an array in the order of HORCM_CMD. Its devices are those of its line, in their order; each may be reached under
// several names, since the same device has another one outside of the host's own view of the machine.

package import ReplicationCore

package struct CommandDeviceUnits: Sendable {
    /// One way to reach a unit's array.
    package struct Attempt: Hashable, Sendable {
        /// The place of the device among those of the unit.
        package var device: Int
        package var name: String

        package init(device: Int, name: String) {
            self.device = device
            self.name = name
        }
    }

    private struct Unit {
        var serial: ArraySerial
        var devices: [[String]]
        var current: Attempt
    }

    private var units: [Unit] = []

    package init() {}

    /// - Parameters:
    ///   - devices: the names of each device, the likeliest first.
    ///   - answered: what the array answered at the start.
    package mutating func add(_ serial: ArraySerial, _ devices: [[String]], answered: Attempt) {
        guard let known = place(of: serial) else {
            units.append(Unit(serial: serial, devices: devices, current: answered))
            return
        }
        units[known].devices += devices
    }

    /// Keeps the units of these arrays alone, in this order.
    package mutating func keep(_ serials: [ArraySerial]) {
        units = serials.compactMap { serial in units.first { $0.serial == serial } }
    }

    /// The name in use for each unit.
    package var inUse: [String] { units.map(\.current.name) }

    package var serials: [ArraySerial] { units.map(\.serial) }

    /// Where to try, the device in use first; nothing if there is no such array.
    package func attempts(on serial: ArraySerial) -> [Attempt] {
        guard let place = place(of: serial) else { return [] }
        let unit = units[place]
        let all = Self.attempts(unit.devices, from: unit.current.device, count: unit.devices.count)
        return [unit.current] + all.filter { $0 != unit.current }
    }

    /// The other devices of a unit, the next one first.
    /// - Throws: EX_ENODEV if there is no such unit, or no other device.
    package func alternates(of unit: Int) throws(HorcmFailure) -> [Attempt] {
        guard units.indices.contains(unit) else { throw HorcmFailure(.noSuchDevice, "HORCM_CMD has no unit \(unit).") }
        let (devices, current) = (units[unit].devices, units[unit].current.device)
        guard devices.count > 1 else {
            throw HorcmFailure(
                .noSuchDevice,
                "Unit \(unit) has one command device. Name an alternate behind it, on the same line of HORCM_CMD.")
        }
        return Self.attempts(devices, from: current + 1, count: devices.count - 1)
    }

    /// Notes which attempt an array answered.
    /// - Returns: what it took the place of, unless it was in use before.
    package mutating func use(_ attempt: Attempt, of serial: ArraySerial) -> Replacement? {
        guard let place = place(of: serial), units[place].current != attempt else { return nil }
        let before = units[place].current
        units[place].current = attempt
        return before.device == attempt.device ? nil : Replacement(before.name, attempt.name)
    }

    private func place(of serial: ArraySerial) -> Int? { units.firstIndex { $0.serial == serial } }

    /// The names of `count` devices from one on, round the ring.
    private static func attempts(_ devices: [[String]], from first: Int, count: Int) -> [Attempt] {
        (0..<count).flatMap { step in
            let device = (first + step) % devices.count
            return devices[device].map { Attempt(device: device, name: $0) }
        }
    }
}
