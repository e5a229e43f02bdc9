/// Commands that make, change, show and watch pairs.
enum PairCommands {
    static var list: [any Command.Type] {
        [
            HorcTakeover.self, PairCreate.self, PairCurChk.self, PairDisplay.self, PairEvtWait.self, PairResync.self,
            PairSplit.self, PairVolChk.self,
        ]
    }
}
