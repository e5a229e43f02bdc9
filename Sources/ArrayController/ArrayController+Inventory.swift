// Questions about what the array consists of: they change nothing.

package import CommandDevice
internal import ReplicationCore

extension ArrayController {
    /// The volumes of a selection, from one place in it on.
    func volumes(_ selection: VolumeSelection, from: Int) -> ArrayReply {
        let chosen = chosen(selection, from: from, count: ArrayReply.volumesPerPage)
        return .volumes(chosen.found.compactMap { $0?.snapshot }, next: chosen.next)
    }

    /// All volumes of the array, in the order of its plan.
    package var volumeSnapshots: [VolumeSnapshot] { allVolumes.map(\.snapshot) }

    private func chosen(_ selection: VolumeSelection, from: Int, count: Int) -> (found: [Volume?], next: UInt32?) {
        func page<Name>(_ names: [Name], _ find: (Name) -> Volume?) -> ([Volume?], UInt32?) {
            let rest = names.dropFirst(from)
            return (rest.prefix(count).map(find), rest.count > count ? UInt32(from + count) : nil)
        }
        switch selection {
        case .all: return page(plan.devices) { volume($0.ldev) }
        case .ldevs(let ldevs): return page(ldevs, volume)
        case .paths(let paths): return page(paths) { volumesByPath[$0] }
        }
    }

    func answer(_ question: InventoryQuestion) -> ArrayReply {
        switch question {
        case .ports: .inventory(.ports(ports))
        case .remoteArrays: .inventory(.remoteArrays(remoteArrays))
        case .consistencyGroups:
            .inventory(
                .consistencyGroups(
                    allGroups.compactMap { $0.groupSnapshot(clockRate: plan.clockRate) }
                        .sorted { $0.number < $1.number }))
        case .journals: .inventory(.journals(journalSnapshots))
        case .activity(let ldevs):
            .inventory(
                .activity((ldevs?.compactMap(volume) ?? allVolumes).map { $0.hooks.activity(of: $0.ldev) }))
        }
    }

    // MARK: Ports

    private var ports: [PortSnapshot] {
        var groups: [(port: String, numbers: [UInt8])] = []
        for device in plan.devices {
            let (port, number) = Self.split(device.path.port)
            if let index = groups.firstIndex(where: { $0.port == port }) {
                if !groups[index].numbers.contains(number) { groups[index].numbers.append(number) }
            } else {
                groups.append((port, [number]))
            }
        }
        return groups.sorted { $0.port < $1.port }.map { port, numbers in
            let place = Self.place(of: port)
            return PortSnapshot(
                name: port, wwn: worldWideName(ofPlace: place), loopAddress: Self.loopAddresses[Int(place & 0x0F)],
                hostGroups: numbers.sorted())
        }
    }

    /// `CL1-A-3` is host group 3 of port `CL1-A`.
    private static func split(_ port: String) -> (port: String, hostGroup: UInt8) {
        let parts = port.split(separator: "-")
        guard parts.count == 3, let number = UInt8(parts[2]) else { return (port, 0) }
        return ("\(parts[0])-\(parts[1])", number)
    }

    /// The place of port CL`n`-`X` in the array: `n - 1` in the high half, the letter's place from A on in the low half.
    private static func place(of port: String) -> UInt8 {
        let parts = port.split(separator: "-")
        let cluster = parts.first.flatMap { UInt8($0.dropFirst(2), radix: 36) } ?? 1
        let letter = parts.last?.utf8.first.map { ($0 | 0x20) &- 0x61 } ?? 0
        return (max(cluster, 1) - 1) << 4 | letter & 0x0F
    }

    /// A company's prefix (50:06:0E:80), then what tells arrays apart, then the port. The rule is ours.
    private func worldWideName(ofPlace place: UInt8) -> UInt64 {
        0x5006_0E80 << 32 | (plan.identity.serial.value & 0xFF_FFFF) << 8 | UInt64(place)
    }

    /// The hard addresses that ports have by their letter, A to R without I and O.
    /// - Source: the 16 highest loop addresses (AL-PA) of FC-AL, in the order of priority; which port has which is ours.
    private static let loopAddresses: [UInt8] = [
        0xEF, 0xE8, 0xE4, 0xE2, 0xE1, 0xE0, 0xDC, 0xDA, 0xD9, 0xD6, 0xD5, 0xD4, 0xD3, 0xD2, 0xD1, 0xCE,
    ]

    // MARK: Other arrays

    private var remoteArrays: [RemoteArraySnapshot] {
        var arrays: [RemoteArraySnapshot] = []
        for link in links {
            let active: UInt8 = link.isOpen ? 1 : 0
            if let index = arrays.firstIndex(where: { $0.serial == link.remoteSerial }) {
                arrays[index].pathCount += 1
                arrays[index].activePaths += active
            } else {
                arrays.append(
                    RemoteArraySnapshot(
                        serial: link.remoteSerial, linkName: link.name, pathCount: 1, activePaths: active))
            }
        }
        return arrays.sorted { $0.serial < $1.serial }
    }
}
