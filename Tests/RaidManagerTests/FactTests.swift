// Is every fact marked, and every number where clients expect it?

import RaidManager
import Testing

@Suite struct Facts {
    @Test func everyFactHasAMark() {
        #expect(FactLine.all.count > 200)
        for fact in FactLine.all {
            #expect(isSection(fact.section), "\(fact.line)")
            #expect(!fact.text.isEmpty && !fact.subject.isEmpty)
        }
    }

    /// The client that has the whole list maps each name to its number.
    @Test func namesShareAStatusOnlyWhereTheReferenceSaysSo() {
        var byStatus: [Int32: [String]] = [:]
        for error in HorcmError.allCases { byStatus[error.exitStatus, default: []].append(error.name) }
        let shared = byStatus.filter { $0.value.count > 1 }
        #expect(Set(shared.keys) == [131, 252, 253])
        #expect(byStatus[131]?.count == 7)
        #expect(byStatus[252].map(Set.init) == ["EX_UNWOPT", "EW_UNWOPT"])
        #expect(byStatus[253].map(Set.init) == ["EX_INVARG", "EW_INVARG"])
    }

    @Test func sentencesTakeAsManyValuesAsTheyHavePlacesFor() {
        #expect(Sentence.waitDone("pairevtwait") == "pairevtwait : Wait status done.")
        #expect(Sentence.launcherSignalled() == "/etc/horcmgr has catched a signal.")
        #expect(
            Sentence.pairState("a", "b", "c", "d", "e", "2") == "a : Volstat is b.[status = c fence = d e MINAP = 2]")
        #expect(
            DaemonMessage.volumeSuspended("dev1", "4")
                == "[HORCM_102] Detected a suspending on this paired volume ( Volume = dev1, code = 4 )")
        #expect(DaemonMessage.setupFileError("x").hasPrefix("[HORCM_007] "))
    }

    @Test func numberedMessagesAreForSyslog() {
        #expect(DaemonMessage.allCases.compactMap(\.code) == Array(1...9) + [101, 102, 103])
        for message in DaemonMessage.allCases {
            let line = message.line("a", "b", "c", "d", "e")
            #expect(line.isForSystemLog == line.text.hasPrefix("[HORCM_") && !line.text.contains("{}"))
        }
        #expect(DaemonMessage.communicationFailed.line("x").text.hasPrefix("[HORCM_101] "))
    }

    @Test func columnsDoWhatPrintfDoes() {
        let table = ScreenTable<Int?>(
            "test", header: Fact("head", .ours, "9"),
            [
                Column("a", 4, .ours, "9", glue: "") { $0.map { "\($0)" } },
                Column("b", -3, .ours, "9") { $0.map { "\($0)" } },
                Column("c", 0, .ours, "9", glue: ",") { _ in "x" },
            ])
        #expect(table.lines([7, nil, 123_456]) == ["head", "   7 7  ,x", "   - -  ,x", "123456 123456,x"])
        #expect(table.facts.count == 4)
    }
}
