/// Commands for the guards and validation checks of volumes.
enum GuardCommands {
    static var list: [any Command.Type] { [] }
}
