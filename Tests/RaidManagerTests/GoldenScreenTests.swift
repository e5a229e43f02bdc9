// What does each command print, and with which status does it end, in every situation of a pair, from both sides?

import RaidManager
import ReplicationCore
import Testing

@Suite struct GoldenScreens {
    /// The command line below a title for each situation.
    private func sheet(_ lines: [String], _ fence: FenceWord, isPartnerAlive: Bool = true) -> String {
        var blocks: [String] = []
        for situation in Situation.fitting(fence) {
            for role in Role.allCases {
                for line in lines {
                    let session = situation.session(fence, from: role, isPartnerAlive: isPartnerAlive)
                    blocks.append("== \(situation.name), at the \(role)\n$ \(line)\n\(run(line, in: session).text)")
                }
            }
        }
        return blocks.joined(separator: "\n\n")
    }

    @Test(arguments: FenceWord.allCases)
    func pairdisplayShowsEverySituation(_ fence: FenceWord) {
        Golden.check(
            "pairdisplay/\(fence.rawValue.lowercased())", source: "sections 3.2, 3.6 and 3.7",
            sheet(["pairdisplay -g oradb", "pairdisplay -g oradb -fc"], fence))
    }

    @Test(arguments: [
        "-fcx -CLI", "-CLI", "-fd", "-fcd -CLI", "-fe", "-fcxe -CLI", "-l -fx", "-IM0 -fc", "-IM0 -CLI", "-fm", "-fcw",
        "-m all -fc",
    ])
    func pairdisplayHasItsFormats(_ options: String) {
        let name = options.filter { $0 != " " }
        Golden.check(
            "pairdisplay/options\(name)", source: "sections 3.3 to 3.5",
            sheet(["pairdisplay -g oradb \(options)"], .async))
    }

    @Test func pairdisplayWithoutPartnerShowsTheLocalRowsFirst() {
        Golden.check(
            "pairdisplay/partner-dead", source: "sections 3.7 and 9, question 1",
            sheet(["pairdisplay -g oradb", "pairdisplay -g oradb -l -fc"], .never, isPartnerAlive: false))
    }

    @Test(arguments: FenceWord.allCases)
    func pairvolchkTellsAttributeAndState(_ fence: FenceWord) {
        Golden.check(
            "pairvolchk/\(fence.rawValue.lowercased())", source: "sections 2.5, 4.1 and 4.2",
            sheet(
                [
                    "pairvolchk -g oradb", "pairvolchk -g oradb -s", "pairvolchk -g oradb -ss",
                    "pairvolchk -g oradb -c -s",
                ],
                fence))
    }

    @Test(arguments: FenceWord.allCases)
    func paircurchkListsWhatIsNotSure(_ fence: FenceWord) {
        Golden.check(
            "paircurchk/\(fence.rawValue.lowercased())", source: "section 5.7", sheet(["paircurchk -g oradb"], fence))
    }

    @Test(arguments: FenceWord.allCases)
    func pairevtwaitTellsTheStateWithoutWaiting(_ fence: FenceWord) {
        Golden.check(
            "pairevtwait/\(fence.rawValue.lowercased())", source: "sections 2.6 and 4.3",
            sheet(
                [
                    "pairevtwait -g oradb -nowait", "pairevtwait -g oradb -s pair -t 3",
                    "pairevtwait -g oradb -ss ssus -t 3 -l",
                ],
                fence))
    }

    @Test(arguments: FenceWord.allCases)
    func horctakeoverDecides(_ fence: FenceWord) {
        Golden.check(
            "horctakeover/\(fence.rawValue.lowercased())", source: "section 5.6",
            sheet(["horctakeover -g oradb", "horctakeover -g oradb -S", "horctakeover -g oradb -l"], fence))
    }

    @Test(arguments: FenceWord.allCases)
    func horctakeoverDecidesWithoutThePartner(_ fence: FenceWord) {
        Golden.check(
            "horctakeover/\(fence.rawValue.lowercased())-partner-dead", source: "section 5.6, rows 22 to 25",
            sheet(["horctakeover -g oradb -t 30"], fence, isPartnerAlive: false))
    }

    @Test(arguments: FenceWord.allCases)
    func theChangingCommandsAcceptAndRefuse(_ fence: FenceWord) {
        let forms = ["", "-rw", "-P", "-S", "-R", "-RS", "-RB", "-l"].map { "pairsplit -g oradb \($0)" }
        let syncs = ["", "-swaps", "-swapp", "-l"].map { "pairresync -g oradb \($0)" }
        Golden.check("pairsplit/\(fence.rawValue.lowercased())", source: "sections 2.3 and 5.2", sheet(forms, fence))
        Golden.check("pairresync/\(fence.rawValue.lowercased())", source: "sections 2.4 and 5.2", sheet(syncs, fence))
        Golden.check(
            "paircreate/\(fence.rawValue.lowercased())", source: "sections 2.2 and 5.2",
            sheet(["-vl", "-vr"].map { "paircreate -g oradb \($0) -f \(fence.rawValue.lowercased())" }, fence))
    }

    @Test func theSmallCommandsPrint() {
        let lines = [
            "raidqry -l", "raidqry -r oradb", "raidqry -g", "raidqry -h", "horcctl -D", "horcctl -ND -g oradb",
            "horcctl -S", "pairdisplay -h", "paircreate -h", "pairsplit -h", "pairresync -h",
            "pairsyncwait -h", "horctakeoff -h", "horctakeoff -g oradb", "pairvolchk -IM5 -h", "horctakeover -q",
        ]
        let text = lines.map { "$ \($0)\n\(run($0, in: Situation.named("pair").session(.never)).text)" }
        Golden.check(
            "small/commands", source: "sections 2.1, 2.10, 2.14 and 3.9", text.joined(separator: "\n\n"))
    }

    @Test func badCommandLinesAreTold() {
        let lines = [
            "pairdisplay", "pairdisplay -g nogroup", "pairdisplay -g oradb -Q", "pairdisplay -g",
            "pairdisplay -d nosuch",
            "pairdisplay -g oradb -fz", "pairsplit -g oradb -t soon", "paircreate -g oradb -f never",
            "paircreate -g oradb -vl", "paircreate -g oradb -vl -f always", "paircreate -g oradb -vl -f never -c 99",
            "paircreate -g oradb -vl -f never 3", "paircreate -g oradb -vl -f async -jp 0 -js 0",
            "pairevtwait -g oradb",
            "pairevtwait -g oradb -s pair", "paircreate -g oradb -vl -f never -jp 0 -js 0",
            "paircreate -g oradb -vl -f async -jp 0", "paircreate -g oradb -vl -f async -cto 90 16",
            "pairsplit -g oradb -E", "pairsplit -g oradb -RS -IM0", "pairresync -g oradb -swaps -IM0",
            "pairdisplay -g oradb -m some", "pairdisplay -g oradb -v smk", "pairdisplay -g oradb -v some",
            "pairvolchk -g oradb -FHORC 4",
            "pairsyncwait -g oradb", "pairsyncwait -g oradb -t 1 -m 12", "horctakeover -g oradb -IM0",
            "pairevtwait -g oradb -s nosuch -t 1", "pairresync -g oradb -restore",
            "raidqry", "raidqry -r nogroup", "horcctl -ND", "horcctl -D -u 3", "pairdisplay -Ix", "-nomsg pairdisplay",
        ]
        let text = lines.dropLast().map { "$ \($0)\n\(run($0, in: Situation.named("pair").session(.never)).text)" }
        Golden.check("small/bad-input", source: "sections 2.1 and 4.6", text.joined(separator: "\n\n"))
    }
}
