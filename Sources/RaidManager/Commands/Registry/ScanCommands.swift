/// Commands and scripts that find arrays, ports, volumes and devices.
enum ScanCommands {
    static var list: [any Command.Type] { [RaidQry.self] }
    static var scripts: [any Script.Type] { [] }
}
