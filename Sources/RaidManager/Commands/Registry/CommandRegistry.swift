// All commands and scripts: the lists of the packages, one after the other. A package's list is in its own file.

package enum CommandRegistry {
    package static var commands: [any Command.Type] {
        PairCommands.list + ScanCommands.list + InstanceCommands.list + LocalCommands.list + GuardCommands.list
            + RaidcomCommands.list
    }

    package static func command(named name: String) -> (any Command.Type)? { commands.first { $0.name == name } }

    /// Of commands and scripts, by name.
    package static var cards: [CommandCard] {
        (commands.map { $0.card } + ScriptRegistry.scripts.map { $0.card }).sorted { $0.name < $1.name }
    }
}

package enum ScriptRegistry {
    package static var scripts: [any Script.Type] { InstanceCommands.scripts + ScanCommands.scripts }

    package static func script(named name: String) -> (any Script.Type)? { scripts.first { $0.name == name } }
}
