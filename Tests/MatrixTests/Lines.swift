// The lines of the matrix, made from the registry alone: whatever is registered is run.

import RaidManager

/// One command line of a command's or a script's declaration.
struct Line: Hashable, Sendable {
    let command: String
    /// With the names in braces.
    let pattern: String
    let changes: Bool
    let modes: [CopyMode]
    let isScript: Bool

    static let all: [Line] = CommandRegistry.cards.flatMap { card in
        card.matrix.map {
            Line(
                command: card.name, pattern: $0.line, changes: $0.changes, modes: $0.modes,
                isScript: ScriptRegistry.script(named: card.name) != nil)
        }
    }

    func applies(to face: Face) -> Bool { modes.contains(face.mode) }

    /// In a cell of two pairs only what is said or done to a group is new.
    func applies(to cell: Cell) -> Bool {
        applies(to: cell.face)
            && (!cell.state.isOfTwo || pattern.contains("{group}") || pattern.contains(" -dg "))
    }

    /// The line as the host of a cell types it.
    func text(in cell: Cell) -> String {
        let host =
            cell.isAtWest
            ? HostFacts.west : !cell.isAtSecondHost ? .east : cell.state.isOfTwo ? .secondOfTwo : .second
        let values = [
            ("group", MatrixWorld.group), ("volume", MatrixWorld.volumes[0]), ("file", host.file),
            ("serial", host.serial), ("ldev", host.ldev), ("port", host.port),
            ("fence", cell.face.fence?.rawValue.lowercased() ?? "never"), ("instance", host.instance),
        ]
        return values.reduce(pattern) { text, value in
            text.split(separator: "{\(value.0)}", omittingEmptySubsequences: false).joined(separator: value.1)
        }
    }

    /// What a host calls its own.
    private struct HostFacts {
        var file: String
        var serial: String
        var ldev: String
        var port: String
        var instance: String

        static let east = HostFacts(file: "/dev/sdb", serial: "30053", ldev: "16", port: "CL1-A", instance: "0")
        static let west = HostFacts(file: "/dev/sdb", serial: "30054", ldev: "16", port: "CL1-D", instance: "1")
        /// The second host at east, which holds the secondary of a local copy.
        static let second = HostFacts(file: "/dev/sdc", serial: "30053", ldev: "17", port: "CL1-A", instance: "1")
        /// Behind two primaries.
        static let secondOfTwo = HostFacts(file: "/dev/sdd", serial: "30053", ldev: "18", port: "CL1-A", instance: "1")
    }
}

extension Cell {
    var isAtWest: Bool { role == .secondary && face != .local }
    var isAtSecondHost: Bool { role == .secondary && face == .local }
    /// The host whose commands are run.
    var host: String { isAtWest ? "west" : isAtSecondHost ? "second" : "east" }
    /// The host of the partner instance.
    var partner: String { role == .secondary ? "east" : face == .local ? "second" : "west" }
    /// The array that dies in the world where one does.
    var otherArray: String { isAtWest || face == .local ? "east" : "west" }
}
