/// Commands and scripts that find arrays, ports, volumes and devices.
enum ScanCommands {
    static var list: [any Command.Type] { [FindCmdDev.self, InqRaid.self, RaidAr.self, RaidQry.self, RaidScan.self] }
    static var scripts: [any Script.Type] { [MkConf.self] }
    /// The facts of these commands' tables.
    static var screens: [FactLine] {
        QueryScreen.hostTable.facts + QueryScreen.groupTable.facts + ScanScreen.facts + FindScreen.facts
            + InquiryScreen.facts + ActivityScreen.table(seconds: 3).facts + MkConf.facts
    }
}
