/// raidcom.
enum RaidcomCommands {
    static var list: [any Command.Type] { [] }
    /// The facts of these commands' tables.
    static var screens: [FactLine] { [] }
}
