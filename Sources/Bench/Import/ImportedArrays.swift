// The arrays that a set of horcm<N>.conf files means. Serials are taken from the files where they stand, and allotted where
// they do not; so are LDEV numbers of volumes that a file knows by port, target and LUN alone, and paths of those that it
// knows by number.

internal import CommandDevice
internal import RaidManager
internal import ReplicationCore

struct ImportedArrays {
    private struct Volume {
        var ldev: LDEVNumber
        /// nil until one is allotted.
        var path: VolumePath?
    }

    private var arrays: [(serial: ArraySerial, volumes: [Volume])] = []
    private var places: [ArraySerial: Int] = [:]
    private var numbers: [ArraySerial: [VolumePath: LDEVNumber]] = [:]
    private var known: [ArraySerial: Set<LDEVNumber>] = [:]
    private var nextNumber: [ArraySerial: LDEVNumber] = [:]
    private let sizeBytes: UInt64
    private(set) var notes: [String] = []

    // MARK: Serials

    /// The first serial that is allotted; that of the default bench.
    private static let firstSerial: UInt64 = 30_053

    /// Finds the array behind each line of HORCM_CMD of each file.
    static func chooseSerials(_ files: inout [ImportedFile], _ notes: inout [String]) throws(BenchFailure) {
        for index in files.indices { files[index].units = try namedUnits(files[index]) }
        var known = Set(files.flatMap(\.units))
        for index in files.indices where files[index].units.isEmpty {
            let lines = files[index].configuration.commandDevices.count
            if let twin = files.first(where: { !$0.units.isEmpty && isAtSameArray($0, files[index]) }) {
                files[index].units = Array(repeating: twin.units[0], count: lines)
                continue
            }
            var serial = ArraySerial(firstSerial)
            while !known.insert(serial).inserted { serial = ArraySerial(serial.value + 1) }
            files[index].units = Array(repeating: serial, count: lines)
            notes.append("\(files[index].path): no line says a serial number; its array is \(serial)")
        }
    }

    /// The array of each line of HORCM_CMD as far as the file itself says it: by a serial in the name, else by the serials of
    /// HORCM_LDEV in their order.
    /// - Returns: nothing if the file says no serial at all.
    private static func namedUnits(_ file: ImportedFile) throws(BenchFailure) -> [ArraySerial] {
        let lines = file.configuration.commandDevices
        var units: [ArraySerial?] = []
        for line in lines {
            let serials = line.devices.compactMap { if case .serial(let serial) = $0 { serial } else { nil } }
            guard Set(serials).count <= 1 else {
                throw file.failure(
                    nil,
                    "a line of HORCM_CMD names the arrays \(serials.map(\.description).joined(separator: " and "))",
                    "Write a line for each array")
            }
            units.append(serials.first)
        }
        var lineOfSerial: [ArraySerial: Int] = [:]
        var serials: [ArraySerial] = []
        for line in file.configuration.volumes {
            guard let serial = file.serial(of: line), lineOfSerial[serial] == nil else { continue }
            lineOfSerial[serial] = line.line
            serials.append(serial)
        }
        for serial in serials where !units.contains(serial) {
            guard let free = units.firstIndex(of: nil) else {
                throw file.failure(
                    lineOfSerial[serial], "array \(serial) is not reached by HORCM_CMD",
                    #"Add a line \\.\CMD-\#(serial) under HORCM_CMD"#)
            }
            units[free] = serial
        }
        for serial in units.compactMap({ $0 }) where !(1...999_999).contains(serial.value) {
            throw file.failure(
                lineOfSerial[serial], "an array of the bench cannot have the serial \(serial)",
                "Serials go up to 999999: shorten it in all files")
        }
        guard let first = units.lazy.compactMap({ $0 }).first else { return [] }
        for serial in file.configuration.virtualMachines where !units.contains(serial) {
            throw file.failure(
                nil, "HORCM_VCMD names the virtual array \(serial), and an array of the bench holds no other ones",
                "Give the array's own serial, or remove the section")
        }
        return units.map { $0 ?? first }
    }

    /// Whether two files that say no serial mean one array: they have local copies between them, or stand on one machine and
    /// use one command device.
    private static func isAtSameArray(_ one: ImportedFile, _ other: ImportedFile) -> Bool {
        let (a, b) = (one.configuration, other.configuration)
        let shared = Set(a.groups).intersection(b.groups)
        if (a.volumes + b.volumes).contains(where: {
            shared.contains($0.group) && ($0.mirror == "1" || $0.mirror == "2")
        }) {
            return true
        }
        guard let address = a.monitor.address, address == b.monitor.address, address.uppercased() != "NONE" else {
            return false
        }
        return !Set(a.commandDevices.flatMap(\.devices)).isDisjoint(with: b.commandDevices.flatMap(\.devices))
    }

    // MARK: Volumes

    init(_ files: [ImportedFile], sizeBytes: UInt64) {
        self.sizeBytes = sizeBytes
        for serial in files.flatMap(\.units) where places[serial] == nil {
            places[serial] = arrays.count
            arrays.append((serial, []))
        }
        // Numbers of the files first: what is allotted must not be one of them.
        for file in files {
            for line in file.configuration.volumes { addNumbered(line, file) }
        }
    }

    /// Where the number stands in the file, or in a comment of it.
    private mutating func addNumbered(_ line: HorcmConfiguration.VolumeLine, _ file: ImportedFile) {
        switch line.location {
        case .ldev(let serial, let ldev): add(Volume(ldev: ldev), to: serial)
        case .path(let path):
            guard let known = file.inquired[line.line] else { return }
            add(Volume(ldev: known.ldev, path: path), to: known.serial)
        }
    }

    private mutating func add(_ volume: Volume, to serial: ArraySerial) {
        guard let place = places[serial], known[serial, default: []].insert(volume.ldev).inserted else { return }
        arrays[place].volumes.append(volume)
    }

    /// The volume that a line means.
    mutating func volume(of line: HorcmConfiguration.VolumeLine, in file: ImportedFile) throws(BenchFailure)
        -> ImportedVolume
    {
        switch line.location {
        case .ldev(let serial, let ldev):
            guard ldev.value < 0xFEFE else {
                throw file.failure(line.line, "there is no LDEV \(ldev)", "numbers go up to FE:FD")
            }
            return ImportedVolume(serial: serial, ldev: ldev)
        case .path(let path):
            guard path.target <= 255, path.lun <= 4095 else {
                throw file.failure(
                    line.line, "target \(path.target), LUN \(path.lun) is no place of a volume",
                    "Targets go up to 255, LUNs up to 4095")
            }
            if let known = file.inquired[line.line] { return known }
            if let known = numbers[file.array]?[path] { return ImportedVolume(serial: file.array, ldev: known) }
            let ldev = freeNumber(on: file.array)
            add(Volume(ldev: ldev, path: path), to: file.array)
            numbers[file.array, default: [:]][path] = ldev
            return ImportedVolume(serial: file.array, ldev: ldev)
        }
    }

    private mutating func freeNumber(on serial: ArraySerial) -> LDEVNumber {
        let used = known[serial] ?? []
        var ldev = nextNumber[serial] ?? LDEVNumber(0x10)
        while used.contains(ldev) { ldev = LDEVNumber(ldev.value + 1) }
        nextNumber[serial] = LDEVNumber(ldev.value + 1)
        return ldev
    }

    /// The arrays with a path for every volume.
    mutating func descriptions(named name: (ArraySerial) -> String) -> [ArrayDescription] {
        for place in arrays.indices where arrays[place].volumes.isEmpty {
            arrays[place].volumes = [Volume(ldev: LDEVNumber(0))]
            notes.append("no file has a volume of array \(arrays[place].serial): it gets one, 00:00")
        }
        return arrays.map { serial, volumes in
            let nowhere = FilePlace(line: 1, column: 1)
            var array = ArrayDescription(name: name(serial), serial: serial.value, place: nowhere)
            let used = Set(volumes.compactMap(\.path))
            var lun: UInt16 = 0
            array.ldevs = volumes.sorted { $0.ldev < $1.ldev }.map { volume in
                let path = volume.path ?? Self.nextPath(&lun, besides: used)
                return LDEVDescription(
                    number: volume.ldev, sizeBytes: sizeBytes, port: path.port, target: path.target, lun: path.lun,
                    place: nowhere)
            }
            return array
        }
    }

    private static func nextPath(_ lun: inout UInt16, besides used: Set<VolumePath>) -> VolumePath {
        while true {
            // Two thousand LUNs a target are more than a port of a real array has.
            let path = VolumePath(port: "CL1-A", target: lun / 2048, lun: lun % 2048)
            lun += 1
            if !used.contains(path) { return path }
        }
    }
}

struct ImportedVolume: Hashable {
    var serial: ArraySerial
    var ldev: LDEVNumber
}

extension HorcmConfiguration.VolumeLine {
    var serialOfLDEV: ArraySerial? {
        switch location {
        case .ldev(let serial, _): serial
        case .path: nil
        }
    }
}
