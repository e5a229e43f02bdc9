/// raidcom.
enum RaidcomCommands {
    static var list: [any Command.Type] { [] }
}
