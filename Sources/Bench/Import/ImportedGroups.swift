// The groups of a set of horcm<N>.conf files. The files that have a group are its hosts; files with the very same volumes
// stand on one side of it. Two sides make a group of the bench: between two arrays a remote one, within one a local one.

internal import RaidManager
internal import ReplicationCore

struct ImportedGroups {
    private struct Line {
        var volume: ImportedVolume
        var mirror: String
        var line: Int
    }

    /// One side of a group: the files that have it, and its volumes by dev_name, as the first of the files has them.
    private struct Side {
        var files: [ImportedFile]
        var names: [String]
        var lines: [String: Line]
        var first: ImportedFile { files[0] }
    }

    private(set) var descriptions: [GroupDescription] = []
    /// The remote group of each volume.
    private var remoteGroups: [ImportedVolume: String] = [:]

    init(_ files: [ImportedFile], _ arrays: inout ImportedArrays) throws(BenchFailure) {
        var sides: [String: [Side]] = [:]
        var order: [String] = []
        for file in files {
            // One pass over the file's lines, however many groups it has.
            let byGroup = Dictionary(grouping: file.configuration.volumes, by: \.group)
            for group in file.configuration.groups {
                if sides[group] == nil { order.append(group) }
                var lines: [String: Line] = [:]
                for line in byGroup[group] ?? [] {
                    lines[line.name] = Line(
                        volume: try arrays.volume(of: line, in: file), mirror: line.mirror, line: line.line)
                }
                let side = Side(files: [file], names: (byGroup[group] ?? []).map(\.name), lines: lines)
                if let same = sides[group]?.firstIndex(where: {
                    $0.lines.mapValues(\.volume) == lines.mapValues(\.volume)
                }) {
                    sides[group]?[same].files.append(file)
                } else {
                    sides[group, default: []].append(side)
                }
            }
        }
        for group in order { descriptions.append(try describe(group, sides[group] ?? [])) }
    }

    private mutating func describe(_ group: String, _ sides: [Side]) throws(BenchFailure) -> GroupDescription {
        let first = sides[0]
        guard sides.count > 1 else { throw lonely(group, first) }
        guard sides.count == 2 else {
            let places = sides.map { "\($0.first.path):\($0.lines[$0.names[0]]?.line ?? 0)" }.joined(separator: ", ")
            throw BenchFailure(
                "group '\(group)' has three sides, and a bench's pair has two: \(places)",
                remedy: "leave one of the files out; hosts of one site must name the same volumes")
        }
        let second = sides[1]
        try checkNames(group, first, second)
        try checkNames(group, second, first)
        let serials = (try array(of: first, group), try array(of: second, group))
        let mirror =
            serials.0 == serials.1
            ? try localMirror(group, first, second) : try checkRemote(group, first, second)
        return GroupDescription(
            name: group, hosts: (first.first.host, second.first.host),
            pairs: first.names.compactMap { name in
                guard let one = first.lines[name], let other = second.lines[name] else { return nil }
                return PairDescription(
                    name: name, ldevs: (one.volume.ldev, other.volume.ldev), place: FilePlace(line: 1, column: 1))
            }, mode: nil, mirror: mirror, place: FilePlace(line: 1, column: 1))
    }

    private func lonely(_ group: String, _ side: Side) -> BenchFailure {
        let file = side.first
        let line = side.lines[side.names[0]]?.line
        guard side.files.count == 1 else {
            return file.failure(
                line, "group '\(group)' has the same volumes here and in \(side.files[1].path)",
                "The files of two sites name different volumes; the file of the other site is missing")
        }
        let partner = file.configuration.partners(of: group).first.map { "\($0.address) \($0.service)" } ?? "-"
        return file.failure(
            line, "group '\(group)' is in none of the other files",
            "Give the file of its partner (HORCM_INST says \(partner)) too, or add the group to it")
    }

    private func checkNames(_ group: String, _ side: Side, _ other: Side) throws(BenchFailure) {
        for name in side.names where other.lines[name] == nil {
            throw side.first.failure(
                side.lines[name]?.line, "'\(name)' of group '\(group)' is not in \(other.first.path)",
                "Add it there under the same dev_name, or remove it here")
        }
    }

    /// The one array that a side's volumes are on, each of them once.
    private func array(of side: Side, _ group: String) throws(BenchFailure) -> ArraySerial {
        let serial = side.lines[side.names[0]]?.volume.serial ?? side.first.array
        var seen: Set<ImportedVolume> = []
        for line in side.names.compactMap({ side.lines[$0] }) {
            guard line.volume.serial == serial else {
                throw side.first.failure(
                    line.line, "group '\(group)' has volumes on two arrays, \(serial) and \(line.volume.serial)",
                    "Make a group of each array's volumes")
            }
            guard seen.insert(line.volume).inserted else {
                throw side.first.failure(
                    line.line, "LDEV \(line.volume.ldev) is in the group twice",
                    "Give every dev_name a volume of its own")
            }
        }
        return serial
    }

    // MARK: Kinds of copy

    /// - Returns: nil, as a remote group has no mirror unit.
    private mutating func checkRemote(_ group: String, _ one: Side, _ other: Side) throws(BenchFailure) -> UInt8? {
        for side in [one, other] {
            for name in side.names {
                guard let line = side.lines[name] else { continue }
                guard line.mirror != "1", line.mirror != "2" else {
                    throw side.first.failure(
                        line.line, "MU# \(line.mirror) is of copies within one array, and '\(group)' lies between two",
                        "Leave MU# out, or give h0")
                }
                if let rival = remoteGroups.updateValue(group, forKey: line.volume), rival != group {
                    throw side.first.failure(
                        line.line,
                        "LDEV \(line.volume.ldev) of array \(line.volume.serial) is in group '\(rival)' too, so that there are "
                            + "three sites; a volume of a bench has one remote pair",
                        "Leave one of the groups out")
                }
            }
        }
        return nil
    }

    /// The mirror unit of a group within one array: the digit in the files.
    private func localMirror(_ group: String, _ one: Side, _ other: Side) throws(BenchFailure) -> UInt8? {
        var mirrors: Set<UInt8> = []
        for side in [one, other] {
            for name in side.names {
                guard let line = side.lines[name] else { continue }
                guard !line.mirror.hasPrefix("h") else {
                    throw side.first.failure(
                        line.line, "MU# \(line.mirror) is of copies between two arrays, and '\(group)' lies within one",
                        "Give 0, 1 or 2, or another Serial#")
                }
                if let digit = UInt8(line.mirror), digit > 0 { mirrors.insert(digit) }
                if side.lines[name]?.volume == other.lines[name]?.volume, side.first.path == one.first.path {
                    throw side.first.failure(
                        line.line, "LDEV \(line.volume.ldev) is on both sides of '\(name)' in group '\(group)'",
                        "Name another LDEV in \(other.first.path)")
                }
            }
        }
        guard mirrors.count <= 1 else {
            throw one.first.failure(
                one.lines[one.names[0]]?.line, "group '\(group)' has volumes with MU# 1 and with MU# 2",
                "Make a group for each mirror")
        }
        return mirrors.first ?? 0
    }
}
