// Do the tables say what the manuals say: words, takeover, currency, legality? Every case is enumerated.

import CommandDevice
import RaidManager
import ReplicationCore
import Testing

@Suite struct Decisions {
    private func pair(_ role: Role, _ status: PairStatus, _ mode: ReplicationMode, high: Bool = false) -> PairSnapshot {
        PairSnapshot(
            group: GroupIdentifier(1), role: role, mode: mode, status: status, remoteSerial: ArraySerial(1),
            remoteLDEV: LDEVNumber(1), isAboveHighWater: high)
    }

    @Test(arguments: ReplicationMode.allCases)
    func everyRoleAndStatusHasItsWord(_ mode: ReplicationMode) {
        let words: [(PairStatus, PairWord, PairWord)] = [
            (.copying, .copy, .copy), (.paired, .pair, .pair), (.suspended(.byOperator), .psus, .ssus),
            (.suspended(.byFault), .psue, .psue), (.suspended(.sideFileFull), .pfus, .pfus), (.takenOver, .psus, .ssws),
        ]
        #expect(Set(words.map(\.0)) == Set(PairStatus.allCases))
        for (status, primary, secondary) in words {
            #expect(PairWord(pair(.primary, status, mode)) == primary)
            #expect(PairWord(pair(.secondary, status, mode)) == secondary)
        }
        #expect(PairWord(pair(.primary, .paired, mode, high: true)) == (mode == .asynchronous ? .pful : .pair))
    }

    @Test func onlyFullStatusShowsTheHiddenWords() {
        for word in PairWord.allCases {
            for attribute in VolumeAttribute.allCases {
                #expect(![.pful, .pfus, .ssws].contains(word.plain(for: attribute)))
            }
        }
        #expect(PairWord.pfus.plain(for: .primary) == .psus && PairWord.pfus.plain(for: .secondary) == .ssus)
        #expect(PairWord.ssws.plain(for: .secondary) == .ssus && PairWord.pful.plain(for: .primary) == .pair)
    }

    @Test func exitStatusesAreThoseOfTheTable() {
        let rows: [(VolumeAttribute, PairWord, Int32, Int32)] = [
            (.primary, .copy, 22, 42), (.primary, .pair, 23, 43), (.primary, .psus, 24, 44), (.primary, .psue, 25, 45),
            (.primary, .pful, 27, 47), (.primary, .pfus, 28, 48), (.secondary, .copy, 32, 52),
            (.secondary, .pair, 33, 53),
            (.secondary, .ssus, 34, 54), (.secondary, .ssws, 34, 54), (.secondary, .psue, 35, 55),
            (.secondary, .pful, 37, 57), (.secondary, .pfus, 38, 58), (.simplex, .smpl, 11, 11),
        ]
        for (attribute, word, synchronous, asynchronous) in rows {
            #expect(PairVolChk.status(attribute, word, .never) == synchronous)
            #expect(PairVolChk.status(attribute, word, .async) == asynchronous)
        }
    }

    @Test func theTakeoverTableHasEveryCase() {
        typealias Local = TakeoverTable.Local
        typealias Remote = TakeoverTable.Remote
        // Columns: remote simplex, paired primary, other primary, secondary, unknown.
        let table: [(Local, [TakeoverAction])] = [
            (.simplex, [.refuse, .none, .none, .unconformable, .refuse]),
            (.fencedPrimary, [.refuse, .unconformable, .unconformable, .primaryTakeover, .primaryTakeover]),
            (.primary, [.refuse, .unconformable, .unconformable, .none, .none]),
            (.takenOverSecondary, [.none, .none, .none, .none, .none]),
            (.secondary, [.unconformable, .swap, .secondaryTakeover, .unconformable, .secondaryTakeover]),
        ]
        #expect(table.map(\.0) == Local.allCases)
        for (local, actions) in table {
            for (remote, action) in zip(Remote.allCases, actions) {
                #expect(TakeoverTable.action(local, remote) == action, "\(local) \(remote)")
            }
        }
    }

    @Test func aForcedTakeoverIsWorthWhatTheManualSays() {
        typealias Worth = SecondaryTakeoverWorth
        // DATA, STATUS, NEVER, ASYNC
        let table: [(PairWord, [Worth])] = [
            (.copy, [.notExecuted, .notExecuted, .notExecuted, .notExecuted]),
            (.pair, [.current, .current, .executedNotCurrent, .current]),
            (.ssus, [.executedNotCurrent, .executedNotCurrent, .executedNotCurrent, .executedNotCurrent]),
            (.psue, [.current, .executedNotCurrent, .executedNotCurrent, .current]),
        ]
        for (word, worths) in table {
            for (fence, worth) in zip([FenceWord.data, .status, .never, .async], worths) {
                #expect(Worth.of(word, fence) == worth, "\(word) \(fence)")
            }
        }
        #expect(Worth.of(.pful, .async) == .current && Worth.of(.pfus, .async) == .current)
    }

    @Test func currencyIsThatOfTheTable() {
        let table: [(PairWord, [Currency])] = [
            (.copy, [.inconsistent, .inconsistent, .inconsistent, .inconsistent]),
            (.pair, [.ok, .ok, .toBeAnalysed, .toBeAnalysed]),
            (.ssus, [.suspected, .suspected, .suspected, .suspected]),
            (.psue, [.ok, .suspected, .suspected, .suspected]),
            (.ssws, [.suspected, .suspected, .suspected, .suspected]),
        ]
        for (word, currencies) in table {
            for (fence, currency) in zip([FenceWord.data, .status, .never, .async], currencies) {
                #expect(Currency.of(word, fence) == currency, "\(word) \(fence)")
            }
        }
    }

    @Test func groupsCountTheirStatesInTheManualsOrder() {
        func views(_ situations: [String]) -> [VolumeView] {
            situations.enumerated().map { index, name in
                let volume = Situation.named(name).volume(.primary, UInt16(index), .async)
                return VolumeView(
                    VolumeReport(group: "g", name: name, serial: ArraySerial(1), snapshot: volume), .horc)
            }
        }
        let order = ["copy", "link lost", "side file overflow", "split", "side file above high water", "pair"]
        let lenient = ["copy", "link lost", "side file above high water", "pair", "side file overflow", "split"]
        for (precedence, names) in [(GroupRules.Precedence.strict, order), (.lenient, lenient)] {
            for first in names.indices {
                let all = views(Array(names[first...]).reversed())
                #expect(GroupRules.word(of: all, precedence) == GroupRules.word(of: views([names[first]]), precedence))
            }
        }
    }

    @Test func everyErrorHasItsOwnNumberAndName() {
        #expect(Set(HorcmError.allCases.map(\.name)).count == HorcmError.allCases.count)
        #expect(
            HorcmError.allCases.allSatisfy { $0.exitStatus >= 128 && $0.exitStatus <= 255 && !$0.message.contains("[") }
        )
        #expect(HorcmError.noRemoteHost.exitStatus == 242 && HorcmError.noRemoteHost.name == "EX_ENORMT")
    }

    @Test(arguments: Refusal.allCases)
    func everyRefusalBecomesOneError(_ refusal: Refusal) {
        let failure = HorcmFailure(refusal, from: ArraySerial(30053), ldev: LDEVNumber(18))
        #expect(failure.notes.allSatisfy { !$0.contains("[") })
        if failure.error == .rejectedByArray {
            #expect(failure.notes[0].hasPrefix("It was rejected due to SKEY=0x05, ASC=0x20, SSB=0xB9"))
            #expect(failure.notes[0].hasSuffix(" on Serial#(30053)"))
        }
    }
}
