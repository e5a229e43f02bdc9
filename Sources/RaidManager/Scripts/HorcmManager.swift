// horcmgr: the launcher. `-check` tells whether an instance runs; without it an instance is started.
//
// - Source: RAID Manager reference, section 1.9.

package enum HorcmManager: Script {
    package static let name = "horcmgr"

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
