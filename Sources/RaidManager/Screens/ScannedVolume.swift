// A volume as discovery shows it: not by a group of the configuration, but by where it lies, with the pair that it has in
// one mirror.

internal import CommandDevice
internal import ReplicationCore

/// A volume of an array in one mirror.
struct ScannedVolume: Sendable {
    var serial: ArraySerial
    var snapshot: VolumeSnapshot
    /// The port that the volume's path names, if the array told of it.
    var port: PortSnapshot?
    var mirror: UInt8
    var pair: PairFacts?
    /// The group and volume of the configuration, and the host's name for the volume.
    var group: String?
    var name: String?
    var deviceFile: String?

    init(_ snapshot: VolumeSnapshot, of serial: ArraySerial, mode: CopyMode, mirror: UInt8) {
        self.serial = serial
        self.snapshot = snapshot
        self.mirror = mirror
        pair =
            switch mode {
            case .horc: snapshot.pair.flatMap { $0.mirror == mirror ? PairFacts($0) : nil }
            case .mrcf: snapshot.localPair(mirror).map { PairFacts($0, in: serial) }
            }
    }

    /// As everything but `pairdisplay -fc` shows it.
    var status: String? { pair.map { $0.word.plain(for: $0.attribute).rawValue } }
}

extension VolumeSnapshot {
    /// The local pair of one mirror. The mirror is the primary's; a secondary has one pair, and shows it as MU# 0.
    func localPair(_ mirror: UInt8) -> LocalPairSnapshot? {
        localPairs.first { $0.role == .primary ? $0.name.mirror == mirror : mirror == 0 }
    }

    /// The three places of the H/M/12 column: the remote copy, local mirror 0, local mirrors 1 and 2; `s` simplex, `P`
    /// primary, `S` secondary.
    /// - Source: RAID Manager reference, section 2.13.
    var roles: String {
        func letter(_ role: Role?) -> String {
            switch role {
            case .primary: "P"
            case .secondary: "S"
            case nil: "s"
            }
        }
        func local(_ mirror: UInt8) -> String { letter(localPair(mirror)?.role) }
        return "\(letter(pair?.role))/\(local(0))/\(local(1))\(local(2))"
    }

    /// The product that an inquiry names; a command device's ends in `-CM`.
    func product(isCommandDevice: Bool) -> String { emulation + (isCommandDevice ? "-CM" : "") }

    /// RAID level and parity group. The bench has no disks of its own: each control unit counts as one group of level 5.
    var parityGroup: (level: Int, number: String) { (5, "01-\(padded(ldev.value >> 8 + 1))") }

    private func padded(_ number: UInt16) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// The world-wide name of the volume, 32 hexadecimal digits: a company's prefix, what tells arrays apart, and the
    /// volume's number, in the places that the reference's sample has them; what stands there is ours.
    /// - Source: RAID Manager reference, section 3.10 (`-fw`).
    func worldWideName(_ serial: ArraySerial) -> String {
        let array = hexadecimal(serial.value & 0xFFFF, digits: 4).lowercased()
        return "60060e8008\(array)000050\(array)0000" + hexadecimal(UInt64(ldev.value), digits: 4).lowercased()
    }
}

extension LDEVNumber {
    /// Decimal, or hexadecimal in lower case.
    func digits(isHexadecimal: Bool) -> String { String(value, radix: isHexadecimal ? 16 : 10) }
}

extension String {
    /// A device file as most columns show it: without `/dev/`.
    var withoutDeviceFolder: String { hasPrefix("/dev/") ? String(dropFirst(5)) : self }
}
