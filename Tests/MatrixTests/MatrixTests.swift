// Does every command line of the registry say and do the same as ever in every state, on both sides, with every fence, and
// whatever else is broken?
//
// The ordinary run takes a part of the cells; MATRIX=all takes all of them, and MATRIX='DATA P-VOL PAIR' those whose names
// begin so. UPDATE_GOLDEN=1 writes the cells that MATRIX names anew: read the difference.

import Foundation
import RaidManager
import TestSupport
import Testing

@Suite(.serialized) struct Matrix {
    private static let environment = ProcessInfo.processInfo.environment

    @Test func everyCommandAndScriptIsInIt() {
        for card in CommandRegistry.cards {
            let lines = Line.all.filter { $0.command == card.name }
            #expect(!lines.isEmpty, "\(card.name) has no line")
            #expect(lines.allSatisfy { line in Face.allCases.contains { line.applies(to: $0) } }, "\(card.name)")
            #expect(Set(lines.map(\.pattern)).count == lines.count, "\(card.name) has a line twice")
        }
    }

    /// Also of the cells that this run leaves out.
    @Test(.disabled(if: Self.environment["UPDATE_GOLDEN"] != nil, "the goldens are being written"))
    func everyOutcomeIsInASheet() throws {
        for sheet in Sheet.all {
            let golden = try Sheet(sheet.command, sheet.face, contentsOf: sheet.path)
            let cells = Cell.all.filter { $0.face == sheet.face }
            for line in sheet.lines {
                let missing = cells.filter { line.applies(to: $0) && golden[line.pattern, $0] == nil }
                #expect(missing.isEmpty, "\(sheet.path): '\(line.pattern)' has no outcome for \(missing)")
            }
            #expect(Set(golden.outcomes.keys) == Set(sheet.lines.map(\.pattern)), "\(sheet.path)")
            #expect(
                try String(contentsOfFile: sheet.path, encoding: .utf8) == golden.text, "\(sheet.path) is not in order")
        }
        let known = Set(Sheet.all.map(\.path))
        let there = FileManager.default.enumerator(atPath: Sheet.folder)?.compactMap { $0 as? String } ?? []
        for file in there where file.hasSuffix(".txt") {
            #expect(known.contains("\(Sheet.folder)/\(file)"), "nothing makes it")
        }
    }

    @Test(.disabled(if: MountSupport.isMissing, MountSupport.reason))
    func everyCellGivesItsGolden() async throws {
        let found = await MatrixRun.run(Self.cells)
        for problem in found.problems.sorted() { Issue.record("\(problem)") }
        if Self.environment["UPDATE_GOLDEN"] != nil {
            try #require(Self.environment["MATRIX"] != nil, "MATRIX says which cells are written")
            for sheet in Sheet.all { try Self.filled(sheet, found).write() }
            return
        }
        var differences: [String] = []
        for sheet in Sheet.all {
            let golden = try Sheet(sheet.command, sheet.face, contentsOf: sheet.path)
            for line in sheet.lines {
                for cell in Self.cells where cell.face == sheet.face {
                    let (wanted, given) = (golden[line.pattern, cell], found.outcomes[cell]?[line.pattern])
                    guard given != wanted else { continue }
                    differences.append(
                        "\(cell)\n$ \(line.pattern)\n- \(wanted?.joined(separator: "\n- ") ?? "nothing")\n+ "
                            + (given?.joined(separator: "\n+ ") ?? "nothing"))
                }
            }
        }
        #expect(
            differences.isEmpty, "\(differences.count) differ:\n\(differences.prefix(30).joined(separator: "\n\n"))")
    }

    private static func filled(_ sheet: Sheet, _ found: MatrixRun.Found) -> Sheet {
        var filled = (try? Sheet(sheet.command, sheet.face, contentsOf: sheet.path)) ?? sheet
        for cell in cells where cell.face == sheet.face {
            for line in sheet.lines { filled[line.pattern, cell] = found.outcomes[cell]?[line.pattern] }
        }
        return filled
    }

    private static var cells: [Cell] {
        switch environment["MATRIX"] {
        case nil: Cell.all.filter(\.isInOrdinaryRun)
        case "all": Cell.all
        case let prefix?: Cell.all.filter { "\($0)".hasPrefix(prefix) }
        }
    }
}
