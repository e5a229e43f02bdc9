// What does each command print of a local pair, what does it order of the array, and with which status does it end, in
// every situation and from both sides?

import CommandDevice
import RaidManager
import ReplicationCore
import Testing

@Suite struct LocalScreens {
    /// The command lines below a title for each situation, with the orders that reach either side's array.
    private func sheet(_ lines: [String], isPartnerAlive: Bool = true) -> String {
        var blocks: [String] = []
        for situation in LocalSituation.all {
            for role in Role.allCases {
                for line in lines {
                    let session = situation.session(from: role, isPartnerAlive: isPartnerAlive)
                    var block = "== \(situation.name), at the \(role)\n$ \(line)\n\(run(line, in: session).text)"
                    for request in session.local.performed + session.remote.performed {
                        block += "\n-> \(Self.text(request))"
                    }
                    blocks.append(block)
                }
            }
        }
        return blocks.joined(separator: "\n\n")
    }

    private static func text(_ request: ArrayRequest) -> String {
        guard case .local(let order) = request else { return "not an order for local pairs" }
        func names(_ names: [LocalName]) -> String {
            names.map { "\($0.primary) \($0.secondary) MU \($0.mirror)" }.joined(separator: ", ")
        }
        switch order {
        case .create(let order):
            return "create \(names(order.names)), pace \(order.copyPace)" + (order.isAtTime ? ", at time" : "")
                + (order.splits ? ", split" : "") + (order.copiesData ? "" : ", no copy")
        case .split(let these): return "split \(names(these))"
        case .resynchronise(let these, let pace): return "resynchronise \(names(these)), pace \(pace ?? 0)"
        case .restore(let these, let pace): return "restore \(names(these)), pace \(pace ?? 0)"
        case .fail(let these): return "fail \(names(these))"
        case .delete(let these): return "delete \(names(these))"
        }
    }

    @Test func screens() {
        Golden.check(
            "local/pairdisplay", source: "sections 3.3, 3.4 and 3.6",
            sheet(["-fcx", "", "-fc -CLI", "-fcd -CLI", "-l -CLI"].map { "pairdisplay -IM0 -g oradb \($0)" }))
    }

    @Test func states() {
        Golden.check(
            "local/states", source: "sections 2.5, 2.6, 4.1 to 4.3",
            sheet(["pairvolchk -IM0 -g oradb", "pairvolchk -IBC0 -g oradb -ss", "pairevtwait -IM0 -g oradb -nowait"]))
    }

    @Test func changes() {
        let splits = ["", "-rw", "-E", "-S", "-l", "-P", "-RS"].map { "pairsplit -IM0 -g oradb \($0)" }
        let syncs = ["", "-restore", "-restore -c 15", "-swaps", "-f never"].map { "pairresync -IM0 -g oradb \($0)" }
        let creations = ["-vl", "-vr -c 15", "-pvol -split", "-vl -m grp", "-vl -f never", "-vl -nocopy"].map {
            "paircreate -IM0 -g oradb \($0)"
        }
        Golden.check("local/pairsplit", source: "sections 2.3 and 5.2", sheet(splits))
        Golden.check("local/pairresync", source: "sections 2.4 and 5.2", sheet(syncs))
        Golden.check("local/paircreate", source: "sections 2.2 and 5.2", sheet(creations))
    }

    @Test func withoutThePartner() {
        Golden.check(
            "local/partner-dead", source: "sections 2.3 and 4.6",
            sheet(["pairsplit -IM0 -g oradb", "pairsplit -IM0 -g oradb -l"], isPartnerAlive: false))
    }

    /// The other way round: remote commands have no options of local pairs.
    @Test(arguments: [
        "pairsplit -g oradb -E", "pairresync -g oradb -restore", "paircreate -g oradb -vl -f never -split",
    ])
    func remoteModeRefusesThem(line: String) {
        let session = Situation.named("pair").session(.never)
        #expect(run(line, in: session).text.contains("[EX_INVMOD]"))
        #expect(session.local.performed.isEmpty && session.remote.performed.isEmpty)
    }

    /// By hand, from the reference: what each command does in each state of the primary.
    @Test func legality() {
        typealias Row = (PairWord, [Verdict])
        let (no, bad, gone) = (
            Verdict.nothing, Verdict.refuse(.invalidPairStatus), Verdict.refuse(.invalidVolumeStatus)
        )
        // create, split, resynchronise, restore, fail, delete
        let rows: [Row] = [
            (.smpl, [.act, gone, gone, gone, gone, no]), (.copy, [no, .act, .act, bad, .act, .act]),
            (.pair, [no, .act, no, bad, .act, .act]), (.psus, [bad, no, .act, .act, .act, .act]),
            (.rcpy, [no, bad, bad, no, .act, .act]), (.psue, [bad, bad, .act, .act, no, .act]),
        ]
        for (word, verdicts) in rows {
            for (operation, verdict) in zip(LocalOperation.allCases, verdicts) {
                #expect(operation.verdict(word) == verdict, "\(operation) in \(word)")
            }
        }
    }
}
