/// Commands for the guards and validation checks of volumes.
enum GuardCommands {
    static var list: [any Command.Type] { [RaidVchkDsp.self, RaidVchkScan.self, RaidVchkSet.self] }
    /// The facts of these commands' tables.
    static var screens: [FactLine] { GuardScreen.facts }
}
