// pairvolchk: attribute and state of a group's volumes on one side, as text and as exit status.
//
// - Source: RAID Manager reference, sections 2.5, 4.1 and 4.2.

internal import CommandDevice

package struct PairVolChk: Command {
    package static let name = "pairvolchk"
    package static let summary = "tell a group's attribute and state, as text and as exit status"

    package struct Form: TargetForm {
        package var targets = TargetOptions()
        var asksRemote = false
        var precedence: GroupRules.Precedence?

        package init() {}
    }

    package static var options: [CommandOption<Form>] {
        Form.targetOptions + [
            .flag("-c", "Specify the remote volume", .several, "2.5") { $0.asksRemote = true },
            .flag("-s", "Specify the status as the exit status", .several, "2.5") { $0.precedence = .strict },
            .flag("-ss", "Specify the status as the exit status, PAIR before PSUS", .one, "4.2") {
                $0.precedence = .lenient
            },
        ]
    }

    package static var exits: [ExitMeaning] {
        [
            .status(1, "SMPL (without -s and -ss)", .several, "4.1"),
            .status(2, "P-VOL (without -s and -ss)", .several, "4.1"),
            .status(3, "S-VOL (without -s and -ss)", .several, "4.1"), .status(11, "SMPL", .several, "4.2"),
        ] + states + [
            .error(.pairCombination, .one, "4.7"), .error(.volumesDiffer, .one, "4.7"),
        ] + ExitMeaning.ofVolumes
    }

    private static var states: [ExitMeaning] {
        [(VolumeAttribute.primary, "P-VOL"), (.secondary, "S-VOL")].flatMap { attribute, title in
            [(FenceWord.never, ""), (.async, ", asynchronous")].flatMap { fence, kind in
                [PairWord.copy, .pair, .psus, .psue, .pful, .pfus].compactMap { word in
                    // PFUL and PFUS are states of asynchronous pairs alone.
                    guard fence == .async || (word != .pful && word != .pfus) else { return nil }
                    return .status(
                        status(attribute, word, fence), "\(title) \(word.rawValue)\(kind)", .several, "4.2")
                }
            }
        }
    }

    package static let matrix = [
        MatrixLine("pairvolchk -g {group}"), MatrixLine("pairvolchk -g {group} -s"),
        MatrixLine("pairvolchk -g {group} -ss"), MatrixLine("pairvolchk -g {group} -c -s"),
        MatrixLine("pairvolchk -g {group} -c -ss"), MatrixLine("pairvolchk -g {group} -d {volume} -ss"),
        MatrixLine("pairvolchk -d {file} -ss"), MatrixLine("pairvolchk -dg {serial} {ldev} -ss"),
    ]

    private let target: VolumeTarget
    private let asksRemote: Bool
    private let precedence: GroupRules.Precedence?

    package init(_ form: Form) throws(HorcmFailure) {
        target = try form.targets.required()
        asksRemote = form.asksRemote
        precedence = form.precedence
    }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        var views = try session.localVolumes(target, mode)
        let local = try GroupRules.attribute(of: views)
        if asksRemote {
            views = try session.pairs(of: views).compactMap(\.remote)
            guard try Self.forms(local, GroupRules.attribute(of: views)) else { throw HorcmFailure(.pairCombination) }
        }
        let attribute = try GroupRules.attribute(of: views)
        let asked = precedence ?? .strict
        // The variable's name is the manual's: with it -s counts as -ss does.
        let word = GroupRules.word(of: views, session.environment.usesOldVolumeCheck ? .lenient : asked)
        session.show(Self.text(views[0], attribute, word, GroupRules.minimumPaths(of: views)))
        return precedence == nil ? Self.status(attribute) : Self.status(attribute, word, views[0].fence)
    }

    /// Whether volumes of these attributes can face each other.
    static func forms(_ local: VolumeAttribute, _ remote: VolumeAttribute) -> Bool {
        switch (local, remote) {
        case (.simplex, .simplex), (.primary, .secondary), (.secondary, .primary): true
        case (.simplex, _), (.primary, _), (.secondary, _): false
        }
    }

    /// - Parameter paths: the fewest that any volume of the group has.
    static func text(
        _ view: VolumeView, _ attribute: VolumeAttribute, _ word: PairWord, _ paths: UInt8?
    ) -> String {
        guard let facts = view.facts else { return Sentence.simplexState(name, attribute.rawValue) }
        let shown = attribute == .secondary && word == .psus ? PairWord.ssus : word
        let group = facts.consistencyGroup.map { "CTGID = \($0)" } ?? ""
        guard let fence = facts.fence else {
            return Sentence.localPairState(name, attribute.rawValue, shown.rawValue, group)
        }
        return Sentence.pairState(
            name, attribute.rawValue, shown.rawValue, fence.rawValue, group, "\(paths ?? 0)")
    }

    static func status(_ attribute: VolumeAttribute) -> Int32 {
        switch attribute {
        case .simplex: 1
        case .primary: 2
        case .secondary: 3
        }
    }

    /// Tens: 2 and 3 for synchronous primaries and secondaries, 4 and 5 for asynchronous ones. Units: the state.
    package static func status(_ attribute: VolumeAttribute, _ word: PairWord, _ fence: FenceWord?) -> Int32 {
        let base: Int32 =
            switch attribute {
            case .simplex: 0
            case .primary: fence == .async ? 40 : 20
            case .secondary: fence == .async ? 50 : 30
            }
        guard base > 0 else { return 11 }
        switch word {
        case .smpl: return 11
        case .copy, .rcpy: return base + 2
        case .pair: return base + 3
        case .psus, .ssus, .ssws: return base + 4
        case .psue: return base + 5
        case .pdub: return base + 6
        case .pful: return base + 7
        case .pfus: return base + 8
        }
    }
}
