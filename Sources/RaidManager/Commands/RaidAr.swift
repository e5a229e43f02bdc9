// raidar: what hosts do to volumes, a row for each volume and interval.
//
// - Source: RAID Manager reference, section 2.12; the options are known of the manuals.

internal import CommandDevice
internal import ReplicationCore

package struct RaidAr: Command {
    package static let name = "raidar"
    package static let summary = "show the I/O of volumes per interval"
    package static let helpColumn = 34

    struct Place: Hashable, Sendable {
        var path: VolumePath
        var mirror: UInt8
    }

    package struct Form: CommandForm {
        var places: [Place] = []
        var devices: [String] = []
        var seconds: UInt64 = 3
        /// nil: for ever.
        var count: UInt64?

        package init() {}
    }

    /// So many volumes can be watched at once.
    private static let placesMaximum = 16

    package static var options: [CommandOption<Form>] {
        [
            CommandOption("-p <port> <targ> <lun> [mu#]", "Specify a volume", .known, "2.12") {
                (form, option, arguments) throws(HorcmFailure) in
                let port = try arguments.value(of: option)
                let target: UInt16 = try arguments.number(of: option, in: 0...UInt16.max)
                let lun: UInt16 = try arguments.number(of: option, in: 0...UInt16.max)
                form.places.append(
                    Place(
                        path: VolumePath(port: port.uppercased(), target: target, lun: lun),
                        mirror: arguments.optionalNumber() ?? 0))
            },
            CommandOption("-pd[g] <raw_device> [mu#]", "Specify a volume by its device file", .known, "2.12") {
                (form, option, arguments) throws(HorcmFailure) in
                form.devices.append(try arguments.value(of: option))
                _ = arguments.optionalNumber(UInt8.self)
            },
            interval("-s [interval] [count]", "Specify the interval in seconds", unit: 1),
            interval("-sm [interval] [count]", "Specify the interval in minutes", unit: 60),
        ]
    }

    private static func interval(_ synopsis: String, _ help: String, unit: UInt64) -> CommandOption<Form> {
        CommandOption(synopsis, help, .known, "2.12") { (form, option, arguments) throws(HorcmFailure) in
            if let number = arguments.optionalNumber(UInt32.self) {
                guard (1...60).contains(number) else {
                    throw HorcmFailure(.invalidArgument, "\(option) takes 1 to 60, not '\(number)'.")
                }
                form.seconds = UInt64(number) * unit
            }
            form.count = arguments.optionalNumber(UInt32.self).map { UInt64($0) }
        }
    }

    package static var exits: [ExitMeaning] {
        [
            .status(0, "the count has expired", .one, "2.12"), .error(.noSuchDevice, .known, "4.6"),
            .error(.commandDeviceFailed, .one, "4.6"),
        ] + ExitMeaning.ofAll
    }

    package static let matrix = [
        MatrixLine("raidar -p {port} 0 0 -s 1 1"), MatrixLine("raidar -pd {file} -pdg {file} 0 -sm 1 1"),
    ]

    private let form: Form

    package init(_ form: Form) throws(HorcmFailure) {
        guard !form.places.isEmpty || !form.devices.isEmpty else {
            throw .missing("-p <port> <targ> <lun> or -pd <raw_device>")
        }
        guard form.places.count + form.devices.count <= Self.placesMaximum else {
            throw HorcmFailure(.invalidArgument, "At most \(Self.placesMaximum) volumes can be watched.")
        }
        self.form = form
    }

    /// A volume that is watched.
    private struct Watched {
        var serial: ArraySerial
        var volume: VolumeSnapshot
        var mirror: UInt8
        var activity: VolumeActivity
    }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        var watched = try self.watched(session)
        let table = ActivityScreen.table(seconds: form.seconds)
        session.show(table.header.value)
        var left = form.count
        while left != 0 {
            session.sleep(.seconds(form.seconds))
            for index in watched.indices {
                let before = watched[index].activity
                watched[index] = try look(watched[index], session)
                session.show(table.line(row(watched[index], before, session, mode)))
            }
            left = left.map { $0 - 1 }
        }
        return 0
    }

    private func row(
        _ watched: Watched, _ before: VolumeActivity, _ session: any HorcmSession, _ mode: CopyMode
    ) -> ActivityRow {
        let scanned = ScannedVolume(watched.volume, of: watched.serial, mode: mode, mirror: watched.mirror)
        return ActivityRow(
            time: session.clockText, path: watched.volume.path,
            attribute: (scanned.pair?.attribute ?? .simplex).rawValue, status: scanned.status ?? "----",
            before: before, now: watched.activity, seconds: form.seconds)
    }

    /// The volumes that were named, on the instance's arrays.
    private func watched(_ session: any HorcmSession) throws(HorcmFailure) -> [Watched] {
        let serials = try session.information().arrays.map(\.serial)
        var watched: [Watched] = []
        for place in form.places {
            var found: Watched?
            for serial in serials where found == nil {
                guard let volume = try volumes(.paths([place.path]), serial, session).first else { continue }
                found = try start(volume, serial, place.mirror, session)
            }
            guard let found else {
                throw HorcmFailure(
                    .noSuchDevice, "No array has a volume at \(place.path.port) \(place.path.target) \(place.path.lun)."
                )
            }
            watched.append(found)
        }
        for name in form.devices {
            guard let device = session.machine.device(at: name), serials.contains(device.serial),
                let volume = try volumes(.ldevs([device.ldev]), device.serial, session).first
            else { throw HorcmFailure(.noSuchDevice, "\(name) is no volume of an array.") }
            watched.append(try start(volume, device.serial, 0, session))
        }
        return watched
    }

    private func volumes(
        _ selection: VolumeSelection, _ serial: ArraySerial, _ session: any HorcmSession
    ) throws(HorcmFailure) -> [VolumeSnapshot] {
        try VolumePages.all(selection, of: serial) { (request) throws(HorcmFailure) in
            try session.array(request, serial)
        }
    }

    private func start(
        _ volume: VolumeSnapshot, _ serial: ArraySerial, _ mirror: UInt8, _ session: any HorcmSession
    ) throws(HorcmFailure) -> Watched {
        let nothing = VolumeActivity(ldev: volume.ldev, reads: 0, writes: 0, readBytes: 0, writtenBytes: 0)
        return try look(Watched(serial: serial, volume: volume, mirror: mirror, activity: nothing), session)
    }

    /// The same volume, as it is now.
    private func look(_ watched: Watched, _ session: any HorcmSession) throws(HorcmFailure) -> Watched {
        var watched = watched
        let ldev = watched.volume.ldev
        guard let volume = try volumes(.ldevs([ldev]), watched.serial, session).first else {
            throw HorcmFailure(.noSuchDevice)
        }
        watched.volume = volume
        if case .activity(let activity) = try session.inventory(.activity([ldev]), watched.serial) {
            watched.activity = activity.first ?? watched.activity
        }
        return watched
    }
}
