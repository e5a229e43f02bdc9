// horcmstart.sh: starts instances one after the other and stops at the first that does not start.
//
// - Source: RAID Manager reference, section 1.9.

package enum HorcmStart: Script {
    package static let name = "horcmstart.sh"
    package static let summary = "start instances"
    package static var options: [OptionCard] {
        [OptionCard("[inst] ...", "The instances; without one the environment's", .real, "1.9")]
    }
    package static var exits: [ExitMeaning] {
        [
            .status(0, "started", .real, "1.9"), .status(1, "an instance runs already", .real, "1.9"),
            .status(2, "no process could be made", .real, "1.9"), .status(3, "failed to start", .real, "1.9"),
            .status(5, "ended by a signal", .real, "1.9"),
        ]
    }
    package static let matrix = [MatrixLine("horcmstart.sh {instance}"), MatrixLine("horcmstart.sh")]

    package static func run(_ arguments: [String], _ host: any ScriptHost) -> Int32 {
        let (numbers, bad) = arguments.instances
        if let bad {
            host.showError("\(name): '\(bad)' is no instance number. Give numbers such as 0 1.")
            return LaunchStatus.failed.rawValue
        }
        if arguments.isEmpty {
            let environment = InstanceEnvironment(host.environment)
            return start(environment, host.environment, host)
        }
        for number in numbers {
            let values = InstanceEnvironment(host.environment, instance: number).values(for: number, isReset: true)
            let status = start(InstanceEnvironment(values), values, host)
            guard status == 0 else { return status }
        }
        return 0
    }

    private static func start(
        _ environment: InstanceEnvironment, _ values: [String: String], _ host: any ScriptHost
    ) -> Int32 {
        let subject = environment.instance.map { "HORCM inst \($0)" } ?? "HORCM"
        if let fault = environment.instanceFault {
            host.showError("\(name): \(fault)")
            return LaunchStatus.failed.rawValue
        }
        if host.isRunning(environment) {
            host.show(LaunchStatus.alreadyRunning.sentence(subject))
            return LaunchStatus.alreadyRunning.rawValue
        }
        host.turnLogsOver(environment)
        host.show("starting \(subject)")
        let status = host.launch(environment, values)
        host.show(status.sentence(subject))
        return status == .finished ? 0 : status.rawValue
    }
}
