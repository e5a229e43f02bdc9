/// Commands for local copies alone. The pair commands serve both kinds of copy.
enum LocalCommands {
    static var list: [any Command.Type] { [] }
}
