// Scripts read these reports: are their keys what they were?

import Bench
import Foundation
import Testing

struct ProofReportTests {
    @Test func aVerdictsKeysArePinned() throws {
        let text = """
            {"at":1,"blocksJudged":2,"blocksSkipped":3,"counterexample":{"isAcrossPairs":true,"missing":{"acknowledgedAt":4,\
            "begunAt":5,"bytes":6,"ldev":"00:10","offset":7,"sequence":8},"present":{"begunAt":9,"bytes":10,"ldev":"00:11",\
            "offset":11,"sequence":12}},"explanation":"x","group":"g","history":"east","isComplete":true,"isPrefix":false,\
            "judged":"west","lanes":[{"claimedSequence":13,"cut":[14,15],"cutSequence":16,"volumes":["00:10"],"writes":17}],\
            "lost":{"bytes":18,"oldestAgeMilliseconds":1.5,"oldestAt":19,"possible":20,"ranges":[{"bytes":21,"file":"/f",\
            "ldev":"00:10","offset":22}],"rangesLeftOff":23,"writes":24},"missingAtSource":25,\
            "recoveryPoint":{"milliseconds":2.5,"writes":26},"result":"writes lost",\
            "unacknowledged":{"absent":27,"present":28,"torn":29}}
            """
        try expectSame(VerdictReport.self, text)
        let results = VerdictReport.Result.allCases.map(\.rawValue)
        #expect(results == ["nothing lost", "writes lost", "out of order", "not a point in time", "unknown"])
        #expect(VerdictReport.Result.allCases.map(\.exitStatus) == [0, 2, 3, 4, 4])
    }

    @Test func aTruthsKeysArePinned() throws {
        let text = """
            {"differing":[[1,2]],"differingTracks":2,"group":"g","isIdentical":false,"isSecondaryUsable":true,"pair":"dev1",\
            "problem":"p","sides":[{"array":"east","isRunning":true,"isUsable":true,"ldev":"00:10","markedTracks":3,\
            "role":"primary","status":"paired","tracksInFlight":4}],"staleMilliseconds":5.5,"staleSince":6,\
            "suspension":"clean","trackBytes":65536,"trackCount":7,"unmarked":[8],"unmarkedDifferingTracks":9}
            """
        try expectSame(TruthReport.self, text)
    }

    @Test func aLedgersKeysArePinned() throws {
        let text = """
            {"array":"east","capacity":1,"damagedEntries":2,"discards":3,"entries":4,"failed":5,"flushes":6,\
            "hasForgotten":false,"newest":[{"begunAt":7,"bytes":8,"kind":"write","ldev":"00:10","offset":9,"ordinal":10,\
            "sequence":11,"stages":{"far":12,"local":13},"state":"acknowledged"}],"stages":[{"longest":14,"median":15,\
            "name":"local","percentile99":16,"writes":17}],"unanswered":18,"writes":19}
            """
        try expectSame(LedgerReport.self, text)
    }

    private func expectSame<Report: Codable>(_ type: Report.Type, _ text: String) throws {
        let report = try JSONDecoder().decode(type, from: Data(text.utf8))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        #expect(String(decoding: try encoder.encode(report), as: UTF8.self) == text)
    }
}
