internal import CommandDevice

/// raidcom. Its sub-commands are listed in `RaidcomActions`.
enum RaidcomCommands {
    static var list: [any Command.Type] { [Raidcom.self] }
    /// The facts of these commands' tables.
    static var screens: [FactLine] {
        ResourceScreen.locks.facts + ResourceScreen.identity.facts + GroupsScreen.facts
            + CommandStatusScreen.table.facts + CommandStatusScreen.requests.facts + PortScreen.table.facts
            + [FactLine("screen raidcom get port -port", PortScreen.logins)]
            + RemoteArrayScreen.table.facts + LDEVScreen.facts
            + [FactLine("screen raidcom get path", ExternalPathScreen.header)] + RaidcomWords.facts
            + AdministrationRefusal.facts
    }
}
