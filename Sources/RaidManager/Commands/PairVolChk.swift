// pairvolchk: attribute and state of a group's volumes on one side, as text and as exit status.
//
// - Source: RAID Manager reference, sections 2.5, 4.1 and 4.2.

internal import CommandDevice

package struct PairVolChk: Command {
    package static let name = "pairvolchk"
    package static let usage =
        TargetOptions.usage + [
            " -c                   Specify the remote volume",
            " -s                   Specify the status as the exit status",
            " -ss                  Specify the status as the exit status, PAIR before PSUS",
        ]

    private var target: VolumeTarget
    private var asksRemote = false
    private var precedence: GroupRules.Precedence?

    package init(reading arguments: inout ArgumentReader) throws(HorcmFailure) {
        var targets = TargetOptions()
        while let option = arguments.next() {
            switch option {
            case "-c": asksRemote = true
            case "-s": precedence = .strict
            case "-ss": precedence = .lenient
            case _:
                guard try targets.take(option, &arguments) else { throw .unknown(option) }
            }
        }
        target = try targets.required()
    }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        var views = try session.localVolumes(target, mode)
        let local = try GroupRules.attribute(of: views)
        if asksRemote {
            views = try session.pairs(of: views).compactMap(\.remote)
            guard try Self.forms(local, GroupRules.attribute(of: views)) else { throw HorcmFailure(.pairCombination) }
        }
        let attribute = try GroupRules.attribute(of: views)
        let word = GroupRules.word(of: views, precedence ?? .strict)
        session.show(Self.text(views[0], attribute, word))
        return precedence == nil ? Self.status(attribute) : Self.status(attribute, word, views[0].fence)
    }

    /// Whether volumes of these attributes can face each other.
    static func forms(_ local: VolumeAttribute, _ remote: VolumeAttribute) -> Bool {
        switch (local, remote) {
        case (.simplex, .simplex), (.primary, .secondary), (.secondary, .primary): true
        case (.simplex, _), (.primary, _), (.secondary, _): false
        }
    }

    static func text(_ view: VolumeView, _ attribute: VolumeAttribute, _ word: PairWord) -> String {
        let start = "\(name) : Volstat is \(attribute.rawValue)."
        guard let fence = view.fence else { return start + "[status = SMPL]" }
        let shown = attribute == .secondary && word == .psus ? PairWord.ssus : word
        let group = view.pair?.consistencyGroup.map { "CTGID = \($0)" } ?? ""
        return start + "[status = \(shown.rawValue) fence = \(fence.rawValue) \(group)]"
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
        case .copy: return base + 2
        case .pair: return base + 3
        case .psus, .ssus, .ssws: return base + 4
        case .psue: return base + 5
        case .pful: return base + 7
        case .pfus: return base + 8
        }
    }
}
