/// Commands and scripts for the instance itself.
enum InstanceCommands {
    static var list: [any Command.Type] { [HorcCtl.self, PairMon.self] }
    static var scripts: [any Script.Type] { [HorcmStart.self, HorcmShutdown.self, HorcmManager.self] }
    /// The facts of these commands' tables.
    static var screens: [FactLine] { EventScreen.table.facts }
}
