// raidscan: the volumes of a port with their pairs; and, with -find, the volumes behind the host's device files.
//
// - Source: RAID Manager reference, sections 2.11 and 3.10.

internal import CommandDevice
internal import ReplicationCore

package struct RaidScan: Command {
    package static let name = "raidscan"
    package static let summary = "show the volumes of a port, or behind device files"
    package static let helpColumn = 26

    enum Find: Hashable, Sendable {
        case devices, verify, configuration, permit
    }

    package struct Form: CommandForm {
        var port: String?
        var target: UInt16?
        var lun: UInt16?
        var mirror: String?
        var device: String?
        /// From `-pi`, instead of standard input.
        var names: [String]?
        var find: Find?
        var group: String?
        var serial: ArraySerial?
        var unit: Int?
        var letters = ""
        var isCommandLine = false
        var wantsAll = false

        package init() {}
    }

    package static var exits: [ExitMeaning] {
        [
            .status(0, "shown", .several, "4.5"), .error(.noSuchDevice, .known, "4.6"),
            .error(.invalidMirror, .known, "4.6"), .error(.commandDeviceFailed, .one, "4.6"),
        ] + ExitMeaning.ofAll
    }

    package static let matrix = [
        MatrixLine("raidscan -p {port}"), MatrixLine("raidscan -p {port} -CLI"),
        MatrixLine("raidscan -p {port} -fx -t 0 -l 0"), MatrixLine("raidscan -p {port} -fg -s {serial}"),
        MatrixLine("raidscan -p {port} -fdfw -u 0"), MatrixLine("raidscan -p {port} -m 0"),
        MatrixLine("raidscan -p {port} -mu 0"), MatrixLine("raidscan -a"), MatrixLine("raidscan -pd {file}"),
        MatrixLine("raidscan -pdg {file}"), MatrixLine("raidscan -pi {file} -find"),
        MatrixLine("raidscan -pi {file} -findg"), MatrixLine("raidscan -pi {file} -find verify -fd"),
        MatrixLine("raidscan -pi {file} -find conf 0 -g {group}"), MatrixLine("raidscan -pi {file} -find inst"),
    ]

    private let form: Form
    private let mirror: UInt8?

    package init(_ form: Form) throws(HorcmFailure) {
        guard form.find != nil || form.port != nil || form.device != nil || form.wantsAll else {
            throw .missing("-p <port>, -pd <raw_device>, -find or -a")
        }
        mirror = try form.mirror.map { (text) throws(HorcmFailure) in
            guard let number = decimal(text.hasPrefix("h") ? text.dropFirst() : text[...], as: UInt8.self), number <= 3
            else { throw HorcmFailure(.invalidMirror, "'\(text)' is no mirror. Give 0 to 3, or h0 to h3.") }
            return number
        }
        self.form = form
    }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        let information = try session.information()
        let lines: [String]
        switch form.find {
        case nil: lines = try scan(session, information, mode)
        case .devices: lines = FindScreen.devices(isHexadecimal: isHexadecimal).lines(found(session, information))
        case .verify:
            lines = verifyScreen.lines(try verify(found(session, information), session, information, mode))
        case .configuration:
            lines = FindScreen.configuration(
                found(session, information), group: form.group ?? "VG", mirror: form.mirror ?? "")
        case .permit:
            let found = found(session, information)
            try session.permit(found.map(\.device).filter { $0.kind == .volume })
            let own = try verify(found, session, information, mode).filter { $0.report != nil }
            lines = verifyScreen.lines(own)
        }
        for line in lines { session.show(line) }
        return 0
    }

    private var isHexadecimal: Bool { form.letters.contains("x") }

    private func found(_ session: any HorcmSession, _ information: InstanceInformation) -> [FoundDevice] {
        let names = form.names ?? session.machine.inputNames()
        return session.machine.find(names, units: information.arrays.map(\.serial))
    }

    // MARK: A port

    private func scan(
        _ session: any HorcmSession, _ information: InstanceInformation, _ mode: CopyMode
    ) throws(HorcmFailure) -> [String] {
        var screen = ScanScreen(mode: mode, isHexadecimal: isHexadecimal, isCommandLine: form.isCommandLine)
        for letter in form.letters {
            if let tail = ScanScreen.Tail(rawValue: letter), !screen.tails.contains(tail) { screen.tails.append(tail) }
        }
        var choice = PathChoice(port: form.port, target: form.target, lun: form.lun)
        var serial = try UnitChoice(serial: form.serial, unit: form.unit).serials(information.arrays.map(\.serial))
            .first
        var notes: [String] = []
        if let name = form.device {
            guard let device = session.machine.device(at: name), device.kind == .volume else {
                throw HorcmFailure(.noSuchDevice, "\(name) is no volume of an array.")
            }
            choice.port = device.path.port
            serial = device.serial
            notes = ["Specified device is LDEV# \(hexadecimal(UInt64(device.ldev.value), digits: 4))"]
        }
        guard let serial else { throw HorcmFailure(.commandDeviceFailed, "The instance reaches no array.") }
        var rows = try session.scan(serial, choice, mode: mode, mirrors: mirrors(mode))
        let configured = screen.tails.contains(.group) ? try self.configured(session, information, mode) : []
        let devices = session.machine.devices
        for index in rows.indices {
            let ldev = rows[index].snapshot.ldev
            rows[index].deviceFile = devices.name(of: serial, ldev)
            rows[index].group = configured.first { $0.serial == serial && $0.ldev == ldev }?.group
        }
        return screen.lines(rows) + notes
    }

    /// Remote copies are shown in mirror 0, local ones in each.
    private func mirrors(_ mode: CopyMode) -> [UInt8] {
        if let mirror { return [mirror] }
        return mode == .horc ? [0] : [0, 1, 2]
    }

    // MARK: Groups

    private var verifyScreen: ScreenTable<VerifiedDevice> {
        FindScreen.verified(isHexadecimal: isHexadecimal, showsFile: form.letters.contains("d"))
    }

    private func verify(
        _ found: [FoundDevice], _ session: any HorcmSession, _ information: InstanceInformation, _ mode: CopyMode
    ) throws(HorcmFailure) -> [VerifiedDevice] {
        let configured = try configured(session, information, mode)
        let mark = mode == .mrcf ? form.mirror ?? "0" : form.mirror ?? "-"
        return found.map { found in
            VerifiedDevice(
                found: found,
                report: configured.first { $0.serial == found.device.serial && $0.ldev == found.device.ldev },
                mirror: mark)
        }
    }

    /// All volumes of the configuration that have the mirror that was asked for.
    private func configured(
        _ session: any HorcmSession, _ information: InstanceInformation, _ mode: CopyMode
    ) throws(HorcmFailure) -> [VolumeReport] {
        var reports: [VolumeReport] = []
        for group in information.groups {
            reports += try session.localVolumes(.group(group.name), mode).map(\.report)
        }
        guard let mirror = form.mirror else { return reports }
        return reports.filter { $0.mirror == mirror || ($0.mirror.isEmpty && mirror == "0") }
    }
}
