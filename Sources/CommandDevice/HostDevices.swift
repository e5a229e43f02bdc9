// The device files of one host: `<root>/etc/arraybench.devices`, written by the bench, read by the host's RAID Manager.
// It takes the place of the inquiry that a real host sends to a real disk: which array, which LDEV, over which path.
//
//   # name      kind    serial ldev  port  target lun [file]
//   /dev/sdb    volume  30053  00:10 CL1-A 0      0
//   /dev/sdc    command 30053  00:12 CL1-A 0      2   /var/tmp/arraybench/arrays/east/command/cmd
//
// The file, if there is one, is what lies behind the name, reachable also where the name is not (outside of the host's
// own view of the machine); it is the rest of the line, since a folder's name may hold blanks.

package import ReplicationCore

/// A device file of a host, and what it leads to.
package struct HostDevice: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case volume
        case command
    }
    /// The whole name, such as `/dev/sdb`; no blanks.
    package var name: String
    package var kind: Kind
    package var serial: ArraySerial
    package var ldev: LDEVNumber
    package var path: VolumePath
    /// The file behind the name; nil if the table does not say.
    package var file: String?

    package init(
        name: String, kind: Kind = .volume, serial: ArraySerial, ldev: LDEVNumber, path: VolumePath, file: String? = nil
    ) {
        self.name = name
        self.kind = kind
        self.serial = serial
        self.ldev = ldev
        self.path = path
        self.file = file
    }
}

/// All device files of a host, in the order of their table. One is found without looking through the others.
package struct HostDevices: Hashable, Sendable {
    package let devices: [HostDevice]
    /// The places of the first device of each name, over each file, and of each volume.
    private let byName: [String: Int]
    private let byFile: [String: Int]
    private let byVolume: [Volume: Int]

    private struct Volume: Hashable, Sendable {
        var serial: ArraySerial
        var ldev: LDEVNumber
    }

    package init(_ devices: [HostDevice] = []) {
        self.devices = devices
        var (byName, byFile, byVolume) = ([String: Int](), [String: Int](), [Volume: Int]())
        for (place, device) in devices.enumerated().reversed() {
            byName[device.name] = place
            if let file = device.file { byFile[file] = place }
            if device.kind == .volume { byVolume[Volume(serial: device.serial, ldev: device.ldev)] = place }
        }
        (self.byName, self.byFile, self.byVolume) = (byName, byFile, byVolume)
    }

    /// Reads a table. Lines that say nothing, comments among them, are left out: a table that a later version wrote is
    /// of use as far as it is understood.
    package init(parsing text: String) {
        self.init(text.split(separator: "\n").compactMap(HostDevice.init(parsing:)))
    }

    /// The table as a file.
    package var text: String {
        "# name kind serial ldev port target lun file\n" + devices.map { $0.line + "\n" }.joined()
    }

    /// The device of that name, or over that file.
    package func device(_ path: String) -> HostDevice? {
        (byName[path] ?? byFile[path]).map { devices[$0] }
    }

    /// The first command device whose name fits a pattern of `*` (any letters) and `?` (one letter).
    package func commandDevice(like pattern: String) -> HostDevice? {
        devices.first { $0.kind == .command && Self.fits(Array($0.name.utf8), Array(pattern.utf8)) }
    }

    /// Shell patterns without brackets, by backing up to the last star.
    private static func fits(_ name: [UInt8], _ pattern: [UInt8]) -> Bool {
        var (at, next) = (0, 0)
        var star: (at: Int, next: Int)?
        while at < name.count {
            if next < pattern.count, pattern[next] == UInt8(ascii: "*") {
                star = (at, next)
                next += 1
            } else if next < pattern.count, pattern[next] == UInt8(ascii: "?") || pattern[next] == name[at] {
                (at, next) = (at + 1, next + 1)
            } else if let last = star {
                star = (last.at + 1, last.next)
                (at, next) = (last.at + 1, last.next + 1)
            } else {
                return false
            }
        }
        return pattern[next...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// Where a command device may be opened, the likeliest place first. A name is a place only if the table gives no file for
    /// it: outside of the host's view of the machine the same name may be another disk.
    /// - Parameter directory: holds links to command devices, named by serial.
    package func commandDevices(of serial: ArraySerial, linkedIn directory: String?) -> [String] {
        let listed = devices.filter { $0.kind == .command && $0.serial == serial }
        return listed.map { $0.file ?? $0.name } + (directory.map { ["\($0)/\(serial)"] } ?? [])
    }

    /// The first name of a volume.
    package func name(of serial: ArraySerial, _ ldev: LDEVNumber) -> String? {
        byVolume[Volume(serial: serial, ldev: ldev)].map { devices[$0].name }
    }
}

extension HostDevice {
    init?(parsing line: Substring) {
        let fields = line.split(separator: " ", maxSplits: 7, omittingEmptySubsequences: true)
        guard fields.count >= 7, !fields[0].hasPrefix("#"), let kind = Kind(rawValue: String(fields[1])),
            let serial = UInt64(fields[2]), let ldev = LDEVNumber(parsing: fields[3]),
            let target = UInt16(fields[5]), let lun = UInt16(fields[6])
        else { return nil }
        self.init(
            name: String(fields[0]), kind: kind, serial: ArraySerial(serial), ldev: ldev,
            path: VolumePath(port: String(fields[4]), target: target, lun: lun),
            file: fields.count == 8 ? String(fields[7]) : nil)
    }

    var line: String {
        "\(name) \(kind.rawValue) \(serial) \(ldev) \(path.port) \(path.target) \(path.lun)"
            + (file.map { " " + $0 } ?? "")
    }
}
