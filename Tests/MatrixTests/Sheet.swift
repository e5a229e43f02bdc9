// The goldens of the matrix: a sheet for each command and face, `fixtures/raidmanager/matrix/<command>/<face>.txt`. Below each
// line of the command stand its outcomes, and above each outcome the cells that have it:
//
//   $ pairsplit -g {group} -rw
//     P-VOL PAIR: alive
//     S-VOL PAIR: alive
//       exit 0, then P-VOL PSUS DATA W, S-VOL SSUS DATA
//
// Behind `2>` stands a line of stderr. A sheet is read as well as written: a run of some of the cells is held against it too.

import Foundation
import RaidManager
import TestSupport

struct Sheet: Sendable {
    let command: String
    let face: Face
    /// By line, then by cell.
    private(set) var outcomes: [String: [Cell: [String]]] = [:]

    init(_ command: String, _ face: Face) {
        self.command = command
        self.face = face
    }

    subscript(line: String, cell: Cell) -> [String]? {
        get { outcomes[line]?[cell] }
        set { outcomes[line, default: [:]][cell] = newValue }
    }

    static let all: [Sheet] = CommandRegistry.cards.flatMap { card in
        Face.allCases.filter { face in card.matrix.contains { $0.modes.contains(face.mode) } }
            .map { Sheet(card.name, $0) }
    }

    /// In the order of the declaration.
    var lines: [Line] { Line.all.filter { $0.command == command && $0.applies(to: face) } }

    static let folder: String = {
        let parts = #filePath.split(separator: "/").dropLast(3)
        return "/" + parts.joined(separator: "/") + "/fixtures/raidmanager/matrix"
    }()
    var path: String { "\(Self.folder)/\(command)/\(face.fileName).txt" }

    // MARK: Text

    private var header: [String] {
        let card = CommandRegistry.cards.first { $0.name == command }
        let sections = Set((card?.exits.map(\.section) ?? []) + (card?.options.map(\.section) ?? []) + ["5.2", "5.3"])
        let sorted = sections.sorted { $0.compare($1, options: .numeric) == .orderedAscending }
        return [
            "# Source: RAID Manager reference, sections \(sorted.joined(separator: ", "))",
            "# \(command), \(face.title): made by MatrixTests from real arrays and instances.",
        ]
    }

    var text: String {
        let blocks = lines.map { line in ["", "$ \(line.pattern)"] + block(outcomes[line.pattern] ?? [:]) }
        return (header + blocks.flatMap { $0 }).joined(separator: "\n") + "\n"
    }

    /// Cells of one outcome stand together, in the order of the first of them.
    private func block(_ found: [Cell: [String]]) -> [String] {
        var order: [[String]] = []
        var cells: [[String]: [Cell]] = [:]
        for cell in Cell.all {
            guard let outcome = found[cell] else { continue }
            if cells[outcome] == nil { order.append(outcome) }
            cells[outcome, default: []].append(cell)
        }
        return order.flatMap { outcome in
            Self.names(cells[outcome] ?? []).map { "  " + $0 } + outcome.map { "    " + $0 }
        }
    }

    private static func names(_ cells: [Cell]) -> [String] {
        var places: [String] = []
        for cell in cells where !places.contains(cell.place) { places.append(cell.place) }
        return places.map { place in
            place + ": " + cells.filter { $0.place == place }.map(\.world.rawValue).joined(separator: ", ")
        }
    }

    /// Reads a sheet back.
    /// - Throws: if it is not there, or names a cell that there is not.
    init(_ command: String, _ face: Face, contentsOf path: String) throws {
        self.init(command, face)
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw TestProblem("\(path) is missing")
        }
        let known = Dictionary(
            uniqueKeysWithValues: Cell.all.filter { $0.face == face }.map { ("\($0.place): \($0.world.rawValue)", $0) })
        var line = ""
        var cells: [Cell] = []
        var isOutcome = false
        for row in text.split(separator: "\n", omittingEmptySubsequences: false) where !row.hasPrefix("#") {
            if row.hasPrefix("$ ") {
                (line, cells, isOutcome) = (String(row.dropFirst(2)), [], false)
            } else if row.hasPrefix("    ") {
                isOutcome = true
                for cell in cells { outcomes[line, default: [:]][cell, default: []].append(String(row.dropFirst(4))) }
            } else if row.hasPrefix("  "), let colon = row.range(of: ": ", options: .backwards) {
                if isOutcome { (cells, isOutcome) = ([], false) }
                for world in row[colon.upperBound...].components(separatedBy: ", ") {
                    let name = row[..<colon.lowerBound].dropFirst(2) + ": " + world
                    guard let cell = known[String(name)] else { throw TestProblem("\(path): no cell '\(name)'") }
                    cells.append(cell)
                }
            }
        }
    }

    func write() throws {
        try FileManager.default.createDirectory(
            atPath: "\(Self.folder)/\(command)", withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
}
