/// Commands that make, change, show and watch pairs.
enum PairCommands {
    static var list: [any Command.Type] {
        [
            HorcTakeoff.self, HorcTakeover.self, PairCreate.self, PairCurChk.self, PairDisplay.self, PairEvtWait.self,
            PairResync.self,
            PairSplit.self, PairSyncWait.self, PairVolChk.self,
        ]
    }
    /// The facts of these commands' tables.
    static var screens: [FactLine] {
        GroupScreen.table.facts + JournalScreen.table.facts + JournalScreen.timerTable.facts
            + MarkerScreen.table(showsWaiting: true).facts
    }
}
