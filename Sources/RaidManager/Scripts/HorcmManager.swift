// horcmgr: the launcher. `-check` tells whether an instance runs; without it an instance is started.
//
// - Source: RAID Manager reference, section 1.9.

package enum HorcmManager: Script {
    package static let name = "horcmgr"
    package static let summary = "start an instance, or tell whether it runs"
    package static let place = InstallPlace.etc
    package static var options: [OptionCard] {
        [OptionCard("-check", "Tell whether the environment's instance runs", .several, "1.9")]
    }
    package static var exits: [ExitMeaning] {
        [
            .status(0, "started; with -check: it does not run", .real, "1.9"), .status(1, "it runs", .several, "1.9"),
            .status(2, "no process could be made", .real, "1.9"), .status(3, "failed to start", .real, "1.9"),
            .status(4, "the instance ended at once", .real, "1.9"), .status(5, "ended by a signal", .real, "1.9"),
        ]
    }
    package static let matrix = [MatrixLine("horcmgr -check")]

    package static func run(_ arguments: [String], _ host: any ScriptHost) -> Int32 {
        let environment = InstanceEnvironment(host.environment)
        if let fault = environment.instanceFault {
            host.showError("\(name): \(fault)")
            return LaunchStatus.failed.rawValue
        }
        let isRunning = host.isRunning(environment)
        if arguments.first == "-check" { return isRunning ? 1 : 0 }
        if isRunning { return LaunchStatus.alreadyRunning.rawValue }
        return host.launch(environment, host.environment).rawValue
    }
}
