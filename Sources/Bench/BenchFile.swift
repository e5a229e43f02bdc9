// The bench file: YAML in, `BenchDescription` out. docs/bench-file.md is its reference; keep the two together.

internal import CommandDevice
internal import ReplicationCore
internal import Yams

package enum BenchFile {
    /// Reads and checks a description.
    /// - Parameter file: the name that messages begin with.
    /// - Throws: the first thing that is wrong, with its line and column.
    package static func read(_ yaml: String, file: String) throws(BenchFileProblem) -> BenchDescription {
        let reader = BenchFileReader(file: file)
        let description = try reader.bench(try reader.compose(yaml))
        try description.check(file: file)
        return description
    }
}

struct BenchFileReader {
    let file: String

    func compose(_ yaml: String) throws(BenchFileProblem) -> Node {
        do {
            guard let node = try Yams.compose(yaml: yaml) else {
                throw BenchFileProblem(file: file, place: nil, message: "the file is empty")
            }
            return node
        } catch let problem as BenchFileProblem {
            throw problem
        } catch let error as YamlError {
            throw error.problem(in: file)
        } catch {
            throw BenchFileProblem(file: file, place: nil, message: "\(error)")
        }
    }

    func bench(_ node: Node) throws(BenchFileProblem) -> BenchDescription {
        let map = try FileMapping(
            node, of: "the bench", in: file, keys: ["clock", "track", "arrays", "links", "hosts", "groups"])
        var bench = BenchDescription()
        bench.clockRate = try map.value(
            "clock", default: 1, in: 1...100_000, like: "60x", QuantityText.factor)
        bench.trackBytes = try track(map)
        for node in try map.list("arrays") { bench.arrays.append(try array(node)) }
        for node in try map.list("links") { bench.links.append(try link(node)) }
        for node in try map.list("hosts") { bench.hosts.append(try host(node, among: bench)) }
        for node in try map.list("groups") { bench.groups.append(try group(node)) }
        return bench
    }

    func track(_ map: FileMapping) throws(BenchFileProblem) -> UInt32 {
        let bytes = try map.value(
            "track", default: UInt64(TrackLayout.defaultTrack),
            in: UInt64(TrackLayout.smallestTrack)...UInt64(TrackLayout.largestTrack), like: "64KiB", QuantityText.bytes)
        guard TrackLayout.isValid(trackBytes: UInt32(bytes)) else {
            throw map.problem(
                "a track of \(bytes) bytes is not a power of two", at: "track",
                remedy: "use 4KiB, 8KiB, 16KiB … 1MiB")
        }
        return UInt32(bytes)
    }

    func array(_ node: Node) throws(BenchFileProblem) -> ArrayDescription {
        let map = try FileMapping(
            node, of: "an array", in: file,
            keys: [
                "name", "serial", "microcode", "threads", "side-file", "ledger", "timers", "users", "ldevs", "journals",
            ])
        var array = ArrayDescription(name: try map.name(), serial: 0, place: place(of: map))
        guard try map.text("serial") != nil else { throw map.problem("array \(array.name) has no 'serial'") }
        array.serial = try map.value("serial", default: 0, in: 1...999_999, like: "30053") { UInt64($0) }
        array.microcode = try map.text("microcode") ?? array.microcode
        array.fuseThreads = try map.value("threads", default: 4, in: 1...256, like: "4") { Int($0) }
        if let node = map.node("side-file") { array.sideFile = try sideFile(node) }
        array.ledgerBytes = try ledger(map)
        if let node = map.node("timers") { array.timers = try timers(node) }
        if map.node("users") != nil {
            array.users = []
            for node in try map.list("users") { array.users.append(try user(node)) }
        }
        for node in try map.list("ldevs") { array.ldevs += try ldevs(node) }
        guard !array.ldevs.isEmpty else { throw map.problem("array \(array.name) has no 'ldevs'") }
        for node in try map.list("journals") { array.journals.append(try journal(node)) }
        return array
    }

    func sideFile(_ node: Node) throws(BenchFileProblem) -> SideFileConfiguration {
        let map = try FileMapping(node, of: "side-file", in: file, keys: ["capacity", "high-water"])
        return SideFileConfiguration(
            capacityBytes: try map.value(
                "capacity", default: 64 << 20, in: UInt64(SideFileLimits.smallestCapacity)...(64 << 30), like: "64MiB",
                QuantityText.bytes),
            highWaterPercent: try map.value(
                "high-water", default: 30, in: 1...100, like: "30%", QuantityText.percent))
    }

    /// The size of the ledger, rounded up to a power of two.
    func ledger(_ map: FileMapping) throws(BenchFileProblem) -> UInt64 {
        if try map.text("ledger") == "off" { return 0 }
        let wanted = try map.value(
            "ledger", default: ArrayConfiguration.standardLedger, in: (1 << 20)...(16 << 30), like: "64MiB or off",
            QuantityText.bytes)
        return (0...34).lazy.map { UInt64(1) << $0 }.first { $0 >= wanted } ?? wanted
    }

    func timers(_ node: Node) throws(BenchFileProblem) -> TimerConfiguration {
        let map = try FileMapping(
            node, of: "timers", in: file,
            keys: ["link", "side-file", "journal", "heartbeat", "heartbeat-interval", "start-grace"])
        let usual = TimerConfiguration()
        func seconds(_ key: String, _ standard: UInt64) throws(BenchFileProblem) -> UInt64 {
            try map.value(key, default: standard, in: 1...86_400, like: "300s", QuantityText.seconds)
        }
        var timers = TimerConfiguration()
        timers.linkTimeoutSeconds = try seconds("link", usual.linkTimeoutSeconds)
        timers.sideFileTimeoutSeconds = try seconds("side-file", usual.sideFileTimeoutSeconds)
        timers.journalTimeoutSeconds = try seconds("journal", usual.journalTimeoutSeconds)
        timers.heartbeatTimeoutSeconds = try seconds("heartbeat", usual.heartbeatTimeoutSeconds)
        timers.heartbeatIntervalSeconds = try seconds("heartbeat-interval", usual.heartbeatIntervalSeconds)
        timers.startGraceSeconds = try seconds("start-grace", usual.startGraceSeconds)
        guard timers.heartbeatIntervalSeconds < timers.heartbeatTimeoutSeconds else {
            throw map.problem("'heartbeat-interval' must be shorter than 'heartbeat', or every link is lost at once")
        }
        return timers
    }

    func ldevs(_ node: Node) throws(BenchFileProblem) -> [LDEVDescription] {
        let map = try FileMapping(
            node, of: "an LDEV", in: file, keys: ["id", "size", "count", "port", "target", "lun", "resource"])
        let text = try map.requiredText("id")
        guard let first = LDEVNumber(parsing: text) else {
            throw map.problem(
                "'\(text)' is not an LDEV number", at: "id", remedy: "write it like 00:10, 16 or 0x10")
        }
        let count = try map.value("count", default: 1, in: 1...4096, like: "2") { Int($0) }
        guard Int(first.value) + count <= 0xFEFE else {
            throw map.problem("\(count) LDEVs from \(first) on reach beyond FE:FD", at: "count")
        }
        let size = try size(map)
        let port = try port(map)
        let target = try map.value("target", default: 0, in: 0...255, like: "0") { UInt16($0) }
        let lun = try map.value("lun", default: 0, in: 0...4095, like: "0") { UInt16($0) }
        guard Int(lun) + count <= 4096 else { throw map.problem("LUN \(lun) + \(count) is more than 4096", at: "lun") }
        let hasLUN = map.node("lun") != nil
        let resource = map.node("resource") == nil ? nil : try map.name("resource")
        return (0..<count).map { index in
            // Without a LUN in the file, the LDEV number's low byte is taken: unique per control unit, easy to read.
            let number = LDEVNumber(first.value + UInt16(index))
            return LDEVDescription(
                number: number, sizeBytes: size, port: port, target: target,
                lun: hasLUN ? lun + UInt16(index) : number.value & 0xFFF,
                resource: resource == AdministrationDesk.firstResource ? nil : resource, place: place(of: map))
        }
    }

    func size(_ map: FileMapping) throws(BenchFileProblem) -> UInt64 {
        let text = try map.requiredText("size")
        guard let size = QuantityText.bytes(text) else {
            throw map.problem("'\(text)' is not a size", at: "size", remedy: "write it like 512MiB or 1GiB, up to 1EiB")
        }
        guard size > 0, size <= 1 << 60 else {
            throw map.problem("an LDEV of \(text) is impossible", at: "size", remedy: "use 512 bytes to 1EiB")
        }
        guard size % 512 == 0 else {
            throw map.problem(
                "\(text) is not a multiple of 512 bytes, so no disk can have it", at: "size",
                remedy: "the next possible size is \((size / 512 + 1) * 512) bytes")
        }
        return size
    }

    func port(_ map: FileMapping) throws(BenchFileProblem) -> String {
        let port = try map.text("port") ?? "CL1-A"
        guard VolumePath.port(parsing: port) == port else {
            throw map.problem("'\(port)' is not a port", at: "port", remedy: "write it like CL1-A or CL1-A-3")
        }
        return port
    }

    func place(of map: FileMapping) -> FilePlace { map.place ?? FilePlace(line: 1, column: 1) }
}

extension YamlError {
    /// The library's complaint with its place.
    fileprivate func problem(in file: String) -> BenchFileProblem {
        switch self {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            BenchFileProblem(
                file: file, place: FilePlace(line: mark.line, column: mark.column),
                message: "this is not YAML: \(problem)",
                remedy: "look at the quotes, brackets and the indentation (spaces, never tabs) there")
        case .duplicatedKeysInMapping(let keys, let context):
            BenchFileProblem(
                file: file, place: FilePlace(line: context.mark.line, column: context.mark.column),
                message: "the key '\(keys.sorted().joined(separator: "', '"))' stands twice in one mapping")
        case .no, .memory, .reader, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            BenchFileProblem(file: file, place: nil, message: "this is not YAML: \(self)")
        }
    }
}
