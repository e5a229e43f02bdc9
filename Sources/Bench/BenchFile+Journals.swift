// Journals in a bench file.

internal import ReplicationCore
internal import Yams

extension BenchFileReader {
    func journal(_ node: Node) throws(BenchFileProblem) -> JournalDescription {
        let map = try FileMapping(node, of: "a journal", in: file, keys: ["id", "ldevs", "size", "high-water"])
        guard try map.text("id") != nil else { throw map.problem("a journal has no 'id'", remedy: "0 to 255") }
        let number = try map.value("id", default: 0, in: 0...255, like: "1") { UInt64($0) }
        let ldevs = try map.list("ldevs")
        guard !ldevs.isEmpty else {
            throw map.problem("journal \(number) has no 'ldevs'", remedy: "name at least one, like [00:F0]")
        }
        var numbers: [LDEVNumber] = []
        for node in ldevs {
            guard let ldev = node.scalar.flatMap({ LDEVNumber(parsing: $0.string) }) else {
                throw map.problem(
                    "'\(node.scalar?.string ?? "?")' is not an LDEV number", at: "ldevs",
                    remedy: "write it like 00:F0, 240 or 0xF0")
            }
            numbers.append(ldev)
        }
        return JournalDescription(
            number: UInt8(number), ldevs: numbers, sizeBytes: try journalSize(map),
            highWaterPercent: try map.value(
                "high-water", default: JournalConfiguration.usualHighWater, in: 1...100, like: "80%",
                QuantityText.percent),
            place: place(of: map))
    }

    private func journalSize(_ map: FileMapping) throws(BenchFileProblem) -> UInt64 {
        let size = try size(map)
        guard size >= JournalConfiguration.smallest, size <= 64 << 30 else {
            throw map.problem(
                "a journal of \(size) bytes is impossible", at: "size",
                remedy: "use 16MiB, in which several of the longest frames fit, to 64GiB")
        }
        return size
    }
}
