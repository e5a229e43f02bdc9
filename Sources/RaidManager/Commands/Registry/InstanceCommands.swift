/// Commands and scripts for the instance itself.
enum InstanceCommands {
    static var list: [any Command.Type] { [HorcCtl.self] }
    static var scripts: [any Script.Type] { [HorcmStart.self, HorcmShutdown.self, HorcmManager.self] }
}
