// mkconf.sh: makes a configuration file for the device files on stdin, tries it, and shows what it found.
//
// - Source: RAID Manager reference, section 1.11 (from the vendor's script): options, layouts, sentences, retries.

package enum MkConf: Script {
    package static let name = "mkconf.sh"
    package static let summary = "make a configuration file for the device files on stdin"
    package static let place = InstallPlace.horcmOnly

    package static var options: [OptionCard] {
        [
            OptionCard("-g[g] <group>", "The group; VG", .real, "1.11"),
            OptionCard("-m <mu#>", "The mirror: 0 to 2, or h1 to h3", .real, "1.11"),
            OptionCard("-i <inst#>", "The instance", .real, "1.11"),
            OptionCard("-s <service>", "The service, or a port number; 52323", .real, "1.11"),
            OptionCard("-a", "Add the group to the file that is there", .real, "1.11"),
        ]
    }

    package static var exits: [ExitMeaning] {
        [.status(0, "the file is complete", .real, "1.11"), .status(1, "it is not", .real, "1.11")]
    }

    package static let matrix = [MatrixLine("mkconf.sh")]

    /// What the script says.
    enum Message: String, CaseIterable {
        case usage = "Usage : mkconf.sh { -g[g] <group> [-m <mu#>] [-i <inst#>] [-s <service>] [-a] }"
        case noCommandDevice = "Could not find a command device."
        case noFile = "Could not find a '{}' file."
        case notStarted = "Could not start an HORCM."
        case noTargets = "Could not find the target devices."
        case notAttached = "Timeout: Can't attached to HORC manager."
        case complete = "A CONFIG file was successfully completed."
        case notStartedToVerify = "Could not start an HORCM on the verify state."
        case notVerified = "Could not executes 'raidscan -find verify' command."
        case pleaseCheck = "Please check '{}','{}/horcm_*.log', and modify 'ip_address & service'."

        func callAsFunction(_ values: String...) -> String {
            var parts = rawValue.split(separator: "{}", omittingEmptySubsequences: false).map(String.init)
            for (index, value) in values.enumerated() where index + 1 < parts.count { parts[index] += value }
            return parts.joined()
        }
    }

    static var facts: [FactLine] {
        Message.allCases.map { FactLine("sentence of mkconf.sh", $0.rawValue, .real, "1.11") }
    }

    package static func run(_ arguments: [String], _ host: any ScriptHost) -> Int32 {
        guard let order = Order(arguments) else {
            host.show(Message.usage())
            return 1
        }
        return Making(order, host).run()
    }

    /// What the arguments ask for.
    struct Order {
        var group = "VG"
        var isHostView = false
        var mirror: String?
        var instance: UInt16?
        var service = "52323"
        var isAddition = false

        /// nil: an argument that cannot be, or none of `-g`, `-i` and `-m`.
        init?(_ arguments: [String]) {
            var rest = arguments[...]
            var isEnough = false
            while let option = rest.popFirst() {
                if option == "-a" {
                    isAddition = true
                    continue
                }
                guard let value = rest.popFirst(), !value.hasPrefix("-") else { return nil }
                switch option {
                case "-g", "-gg": (group, isHostView, isEnough) = (value, option == "-gg", true)
                case "-m": (mirror, isEnough) = (value, true)
                case "-s": service = value
                case "-i":
                    guard let number = decimal(value, as: UInt16.self) else { return nil }
                    (instance, isEnough) = (number, true)
                case _: return nil
                }
            }
            guard isEnough else { return nil }
        }
    }
}

/// One call of the script.
private struct Making {
    /// - Source: RAID Manager reference, section 1.11.
    private static let attempts = 20
    private static let secondsBetween: UInt64 = 3
    private static let retried = [HorcmError.noDebugLayer.exitStatus, HorcmError.notAttached.exitStatus]

    private let order: MkConf.Order
    private let host: any ScriptHost
    private let devices: [String]
    private let file: String
    private let log: String
    private let values: [String: String]

    init(_ order: MkConf.Order, _ host: any ScriptHost) {
        self.order = order
        self.host = host
        devices = host.inputLines()
        let number = order.instance.map(String.init) ?? ""
        file = "\(host.folder)/horcm\(number).conf"
        log = "\(host.folder)/log\(number)"
        var values = host.environment
        values["HORCMINST"] = order.instance.map(String.init)
        values["HORCM_CONF"] = file
        values["HORCM_LOG"] = log + "/curlog"
        values["HORCM_LOGS"] = log + "/tmplog"
        values["HORCC_LOG"] = log
        // The mirror of the devices says which kind of copy is meant: a digit is a local one.
        values["HORCC_MRCF"] = order.mirror.flatMap { $0.hasPrefix("h") ? nil : "1" }
        self.values = values
    }

    func run() -> Int32 {
        guard let head = self.head() else { return 1 }
        guard host.write(head, to: file) else { return 1 }
        guard HorcmStart.run([], host.with(values)) == 0 else { return fail(.notStarted) }
        let (status, lines) = scan(["-find\(order.isHostView ? "g" : "")", "conf"] + mirror + ["-g", order.group])
        _ = HorcmShutdown.run([], host.with(values))
        if Self.retried.contains(status) { return fail(.notAttached) }
        guard status == 0, !lines.isEmpty else { return fail(.noTargets) }
        guard host.write(head + (lines + [""] + partner).map { $0 + "\n" }.joined(), to: file) else { return 1 }
        host.show(MkConf.Message.complete())
        return verify()
    }

    private func verify() -> Int32 {
        guard HorcmStart.run([], host.with(values)) == 0 else { return fail(.notStartedToVerify, pointsOut: true) }
        let (status, lines) = scan(["-find", "verify"] + mirror)
        if status == 0 { for line in lines { host.show(line) } }
        _ = HorcmShutdown.run([], host.with(values))
        if Self.retried.contains(status) { return fail(.notAttached) }
        guard status == 0 else { return fail(.notVerified, pointsOut: true) }
        host.show(MkConf.Message.pleaseCheck(file, log + "/curlog"))
        return 0
    }

    private func fail(_ message: MkConf.Message, pointsOut: Bool = false) -> Int32 {
        host.show(message())
        if pointsOut { host.show(MkConf.Message.pleaseCheck(file, log + "/curlog")) }
        return 1
    }

    private var mirror: [String] { order.mirror.map { [$0] } ?? [] }

    /// raidscan, tried again as long as the instance is not to be reached yet.
    private func scan(_ arguments: [String]) -> (status: Int32, lines: [String]) {
        var result: (status: Int32, lines: [String]) = (0, [])
        for attempt in 0..<Self.attempts {
            if attempt > 0 { host.sleep(seconds: Self.secondsBetween) }
            result = host.capture(RaidScan.name, arguments, values, input: devices)
            if !Self.retried.contains(result.status) { break }
        }
        return result
    }

    // MARK: The file

    /// The file up to the volumes; nil if that cannot be, which has been told.
    private func head() -> String? {
        if order.isAddition {
            guard let text = host.read(file) else {
                host.show(MkConf.Message.noFile(file))
                return nil
            }
            return text.hasSuffix("\n") ? text + "\n" : text + "\n\n"
        }
        let (status, commandDevices) = host.capture(InqRaid.name, ["-sort", "-CM", "-CLI"], values, input: devices)
        guard status == 0, !commandDevices.isEmpty else {
            host.show(MkConf.Message.noCommandDevice())
            return nil
        }
        let monitor =
            "\("127.0.0.1".left(18)) \(order.service.left(15)) \("1000".right(10))     \("3000".right(13))"
        let lines =
            [
                "# Created by mkconf.sh on \(host.dateText)", "", "HORCM_MON",
                "#ip_address        service         poll(10ms)     timeout(10ms)", monitor, "",
            ] + commandDevices + [""]
        return lines.map { $0 + "\n" }.joined()
    }

    private var partner: [String] {
        [
            "HORCM_INST", "#dev_group        ip_address      service    ",
            "\(order.group.left(17)) \("127.0.0.1".left(15)) \(order.service.left(10))",
        ]
    }
}
