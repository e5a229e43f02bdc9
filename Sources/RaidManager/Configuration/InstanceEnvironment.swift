// Where an instance's files are and what the environment says about them: the one place that knows RAID Manager's paths
// and variables. Pure: the shell hands the environment in as a dictionary.
//
// - Source: RAID Manager reference, sections 1.1 and 1.8.

package struct InstanceEnvironment: Sendable {
    private let values: [String: String]
    /// nil: the instance without a number.
    package var instance: UInt16?

    /// - Parameter instance: from `-I` or an argument; nil reads `HORCMINST`.
    package init(_ values: [String: String], instance: UInt16? = nil) {
        self.values = values
        self.instance = instance ?? values["HORCMINST"].flatMap { decimal($0, as: UInt16.self) }
    }

    /// Put before every path that RAID Manager fixes; paths from its own variables are taken as they are.
    package var root: String { values["ARRAYBENCH_ROOT"] ?? "" }
    private var number: String { instance.map(String.init) ?? "" }

    package var configurationFile: String { value("HORCM_CONF") ?? "\(root)/etc/horcm\(number).conf" }
    package var servicesFiles: [String] {
        root.isEmpty ? ["/etc/services"] : ["\(root)/etc/services", "/etc/services"]
    }
    package var keyFile: String { value("ARRAYBENCH_KEY_FILE") ?? "\(root)/etc/arraybench.key" }
    /// Holds links to command devices, named by serial.
    package var commandDeviceDirectory: String? { value("ARRAYBENCH_COMMAND_DEVICES") }

    /// Which device file of this host leads to which volume.
    package var deviceTableFile: String { "\(root)/etc/arraybench.devices" }

    /// HORCMPROMOD: the instance changes only volumes that its host is permitted.
    package var isProtected: Bool { values["HORCMPROMOD"] != nil }
    /// Device files of the permitted volumes; nil if none are to be permitted at the start.
    package var permissionFile: String? {
        let file = value("HORCMPERM") ?? "\(root)/etc/horcmperm\(number).conf"
        return file == Self.noPermissionFile ? nil : file
    }
    package static let noPermissionFile = "MGRNOINST"
    /// Where the instances listen that the configuration names; there is none where addresses mean what they say.
    package var addressesFile: String { "\(root)/etc/arraybench.addresses" }

    package var instanceDirectory: String { "\(root)/HORCM/log\(number)" }
    package var daemonLogDirectory: String { value("HORCM_LOG") ?? "\(instanceDirectory)/curlog" }
    package var previousLogDirectory: String { value("HORCM_LOGS") ?? "\(instanceDirectory)/tmplog" }
    package var processIdentifierFile: String {
        value("ARRAYBENCH_PIDFILE_DIR").map { "\($0)/\(processTitle).pid" } ?? "\(instanceDirectory)/horcmd.pid"
    }

    /// `STDERROUT` sends the command log to stderr.
    package var commandLogDirectory: String { value("HORCC_LOG") ?? instanceDirectory }
    package var isCommandLogShown: Bool { commandLogDirectory == "STDERROUT" }
    /// nil: the log's settings file says.
    package var commandLogKilobytes: UInt32? { value("HORCC_LOGSZ").flatMap { decimal($0) } }

    package var socketDirectory: String { "\(root)/HORCM/.uds" }
    package var socketPath: String { "\(socketDirectory)/\(processTitle)" }
    /// What `ps` shows as the last thing of the line.
    package var processTitle: String { "horcmd_0\(number)" }

    /// Whether a name in `socketDirectory` is an instance's socket.
    package static func isSocketName(_ name: String) -> Bool {
        name.hasPrefix("horcmd_0") && name.dropFirst(8).utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }

    /// USE_OLD_VCHK: `pairvolchk -s` counts a group with PAIR and PSUS as PAIR.
    package var usesOldVolumeCheck: Bool { values["USE_OLD_VCHK"] != nil }
    /// The mode of commands without a letter behind `-I`.
    package var mode: CopyMode { values["HORCC_MRCF"] == nil ? .horc : .mrcf }

    /// How many times faster the bench's clocks run.
    package var clockRate: UInt32 {
        let text = (value("ARRAYBENCH_CLOCK") ?? "1").split(separator: "x").first ?? "1"
        return max(1, decimal(text) ?? 1)
    }

    /// Seconds that a launcher waits for the daemon.
    package var startSecondsMaximum: UInt64 {
        guard let seconds = value("HORCMSTART_WAIT").flatMap({ decimal($0, as: UInt64.self) }), seconds >= 5 else {
            return 60
        }
        return seconds
    }

    /// `HORCMINST` holds something that is no number.
    package var instanceFault: String? {
        guard let text = values["HORCMINST"], decimal(text, as: UInt16.self) == nil else { return nil }
        return "HORCMINST '\(text)' is no instance number. Set it to a number, or unset it."
    }

    /// The environment of a process for `instance`, whose paths follow from the number alone when `isReset`.
    package func values(for instance: UInt16?, isReset: Bool) -> [String: String] {
        var values = values
        if let instance { values["HORCMINST"] = String(instance) }
        if isReset { for name in ["HORCM_CONF", "HORCM_LOG", "HORCM_LOGS"] { values[name] = nil } }
        return values
    }

    private func value(_ name: String) -> String? {
        guard let value = values[name], !value.isEmpty else { return nil }
        return value
    }
}
