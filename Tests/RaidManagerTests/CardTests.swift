// Does every command's declaration say all that help, manual page, README, matrix and fuzzer need?

import CommandDevice
import RaidManager
import ReplicationCore
import Testing

@Suite struct Cards {
    @Test func everyNameIsThereOnce() {
        let names = CommandRegistry.cards.map(\.name)
        #expect(names.count >= 13)
        #expect(Set(names).count == names.count)
        #expect(CommandRegistry.cards.allSatisfy { !$0.summary.isEmpty && !$0.exits.isEmpty })
    }

    @Test(arguments: CommandRegistry.cards)
    func theMatrixUsesEveryOption(_ card: CommandCard) {
        #expect(!card.matrix.isEmpty)
        let words = card.matrix.flatMap { $0.line.split(separator: " ").map(String.init) }
        for line in card.matrix { #expect(line.line == card.name || line.line.hasPrefix(card.name + " ")) }
        guard card.hasCommonOptions else { return }
        for name in card.everyOption.flatMap(\.option.names) {
            let isUsed = words.contains { word in
                name.last == "*" ? word.hasPrefix(name.dropLast()) && word.count >= name.count : word == name
            }
            #expect(isUsed, "no matrix line of \(card.name) has \(name)")
        }
    }

    /// A line that the command itself does not take would test nothing.
    @Test(arguments: CommandRegistry.cards)
    func theMatrixIsTaken(_ card: CommandCard) {
        guard CommandRegistry.command(named: card.name) != nil else { return }
        for line in card.matrix {
            let session = Situation.named("pair").session(.async)
            session.theMachine.devices = HostDevices([
                HostDevice(
                    name: "/dev/arr/primary0", serial: ArraySerial(30053), ldev: LDEVNumber(18),
                    path: VolumePath(port: "CL1-A", target: 1, lun: 0))
            ])
            var values = ["HORCMINST": "0"]
            if !line.modes.contains(.horc) { values["HORCC_MRCF"] = "1" }
            let outcome = run(filled(line.line), in: session, values: values)
            #expect(![252, 253, 254].contains(outcome.status), "\(line.line): \(outcome.text)")
        }
    }

    private func filled(_ line: String) -> String {
        let values = [
            "group": "oradb", "volume": "oradev1", "file": "/dev/arr/primary0", "serial": "30053", "ldev": "18",
            "port": "CL1-A", "fence": "async", "instance": "0",
        ]
        var text = line
        for (name, value) in values {
            text = text.split(separator: "{\(name)}", omittingEmptySubsequences: false).joined(separator: value)
        }
        return text
    }

    @Test(arguments: CommandRegistry.cards)
    func everyOptionHasAMark(_ card: CommandCard) {
        for (_, option) in card.everyOption {
            #expect(isSection(option.section), "\(card.name) \(option.names)")
            #expect(!option.names.isEmpty && option.lines.allSatisfy { !$0.synopsis.isEmpty && !$0.help.isEmpty })
        }
        for exit in card.exits { #expect(isSection(exit.section), "\(card.name) exit \(exit.status)") }
        #expect(Set(card.exits).count == card.exits.count, "an exit status of \(card.name) is told twice")
    }

    @Test func helpListsWhatIsDeclared() {
        let outcome = run("pairsplit -h", in: Situation.named("pair").session(.never))
        for line in PairSplit.card.usage { #expect(outcome.output.contains(line)) }
        #expect(PairSplit.card.usage.contains(" -rw                  Suspend; the S-VOL is writable"))
    }

    @Test(arguments: CommandRegistry.cards)
    func manualPageRowAndGrammarNameEveryOption(_ card: CommandCard) {
        let page = ManualPage.text(card, among: CommandRegistry.cards)
        let row = ReadmeTable.row(card)
        for option in card.options where option.isInHelp {
            for line in option.lines {
                let synopsis = line.synopsis.split(separator: " ").joined(separator: " ")
                #expect(
                    page.contains(
                        synopsis.split(separator: "-", omittingEmptySubsequences: false).joined(separator: "\\-")))
                #expect(row.contains(synopsis.split(separator: "|").joined(separator: "\\|")))
            }
        }
        for (words, option) in card.everyOption {
            for name in option.names {
                #expect(
                    card.grammar.contains { line in
                        line.hasPrefix("\(words): ") && line.split(separator: " ").contains(Substring(name))
                    })
            }
        }
        for action in card.actions {
            #expect(page.contains(".SS \(action.words)") && row.contains("`\(action.words)`"))
            #expect(card.grammar.contains { $0.hasPrefix("\(card.name) \(action.words):") })
            #expect(card.matrix.contains { $0.line.hasPrefix("\(card.name) \(action.words)") })
        }
    }
}

/// Whether a section of the reference may be meant: `4.6` or `7`.
func isSection(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return (1...2).contains(parts.count) && parts.allSatisfy { Int($0).map { $0 >= 0 && $0 <= 20 } ?? false }
}
