// horcmshutdown.sh: stops instances one after the other and stops at the first failure.
//
// - Source: RAID Manager reference, section 1.10.

package enum HorcmShutdown: Script {
    package static let name = "horcmshutdown.sh"
    package static let summary = "shut instances down"
    package static var options: [OptionCard] {
        [OptionCard("[inst] ...", "The instances; without one the environment's", .real, "1.10")]
    }
    package static var exits: [ExitMeaning] {
        [.status(0, "shut down", .real, "1.10"), .status(1, "an instance could not be shut down", .real, "1.10")]
    }
    package static let matrix = [MatrixLine("horcmshutdown.sh {instance}", changes: true)]

    package static func run(_ arguments: [String], _ host: any ScriptHost) -> Int32 {
        let (numbers, bad) = arguments.instances
        if let bad {
            host.showError("\(name): '\(bad)' is no instance number. Give numbers such as 0 1.")
            return 1
        }
        if arguments.isEmpty {
            let environment = InstanceEnvironment(host.environment)
            guard host.run(HorcCtl.name, ["-S"], host.environment) == 0 else {
                host.show("failed in shutting HORCM \(environment.instance.map { "inst \($0) " } ?? "")down")
                return 1
            }
            return 0
        }
        for number in numbers {
            host.show("inst \(number):")
            let values = InstanceEnvironment(host.environment, instance: number).values(for: number, isReset: true)
            guard host.run(HorcCtl.name, ["-S"], values) == 0 else {
                host.show("failed in shutting HORCM inst \(number) down")
                return 1
            }
        }
        return 0
    }
}
