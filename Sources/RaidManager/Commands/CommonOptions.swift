// The options that all commands share: taken out of a command line before the command reads the rest.
//
// - Source: RAID Manager reference, sections 0.3 and 2.1.

internal import ReplicationCore

package struct CommonOptions: Sendable {
    /// `-nomsg`, which must be the first argument.
    package var isSilent = false
    /// `-h`
    package var wantsHelp = false
    /// `-q`: leave at once.
    package var wantsToQuit = false
    /// From `-I`.
    package var instance: UInt16?
    package var mode: CopyMode?
    /// The MU# behind `-FHORC` or `-FMRCF`.
    package var mirror: UInt8?

    /// - Returns: the options, and the arguments that are left.
    package static func split(_ arguments: [String]) throws(HorcmFailure) -> (CommonOptions, [String]) {
        var options = CommonOptions()
        var rest: [String] = []
        for (index, argument) in arguments.enumerated() {
            switch argument {
            case "-nomsg" where index == 0: options.isSilent = true
            case "-h": options.wantsHelp = true
            case "-q": options.wantsToQuit = true
            // Taken by `CommandRunner.call`, for commands that are called by a person or a script.
            case "-z", "-zx": break
            case "-FHORC", "-FCA": options.mode = .horc
            case "-FMRCF", "-FBC": options.mode = .mrcf
            case _ where argument.hasPrefix("-I"): try options.takeInstance(argument)
            case _ where index > 0 && isMirrorOption(arguments[index - 1]) && MirrorArgument.fits(argument):
                options.mirror = try MirrorArgument.number(argument)
            case _: rest.append(argument)
            }
        }
        return (options, rest)
    }

    private static func isMirrorOption(_ argument: String) -> Bool {
        ["-FHORC", "-FCA", "-FMRCF", "-FBC"].contains(argument)
    }

    private static let modes: [(letters: String, mode: CopyMode)] = [
        ("TC", .horc), ("CA", .horc), ("SI", .mrcf), ("BC", .mrcf), ("H", .horc), ("M", .mrcf),
    ]

    /// `-I[H|TC|CA|M|SI|BC][instance]`
    private mutating func takeInstance(_ argument: String) throws(HorcmFailure) {
        var text = argument.dropFirst(2)
        if let (letters, mode) = Self.modes.first(where: { text.hasPrefix($0.letters) }) {
            text = text.dropFirst(letters.count)
            self.mode = mode
        }
        guard !text.isEmpty else { return }
        guard let number = decimal(text, as: UInt16.self) else { throw .unknown(argument) }
        instance = number
    }

    /// - Source: RAID Manager reference, section 2.1.
    package static var cards: [OptionCard] {
        [
            OptionCard("-h", "Help/Usage", .real, "2.1"), OptionCard("-I[#]", "Set to HORCMINST#", .real, "2.1"),
            OptionCard("-IH[#] or -ITC[#]", "Set to HORC mode [and HORCMINST#]", .real, "2.1"),
            OptionCard("-IM[#] or -ISI[#]", "Set to MRCF mode [and HORCMINST#]", .real, "2.1"),
            OptionCard("-z", "Set to the interactive mode", .real, "2.1"),
            OptionCard("-zx", "Set to the interactive mode and HORCM monitoring", .real, "2.1"),
            OptionCard("-q", "Quit(Return to main())", .real, "2.1"),
        ]
    }

    static var usage: [String] { cards.flatMap(\.lines).map { $0.text(column: 8, wide: 0) } }
}

/// A form with `-g` and `-d`.
package protocol TargetForm: CommandForm {
    var targets: TargetOptions { get set }
}

extension TargetForm {
    package mutating func look(at mirror: UInt8) { targets.shown = mirror }

    /// The options that choose volumes.
    package static var targetOptions: [CommandOption<Self>] {
        [
            CommandOption("-g  <group>", "Specify the group_name", .several, "2.1") {
                (form, option, arguments) throws(HorcmFailure) in
                try form.targets.take(option, &arguments)
            },
            CommandOption(
                "-d  <pair Vol>", "Specify the pair_volume_name", .several, "2.1", names: ["-d", "-dg"],
                more: [
                    UsageLine("-d[g] <raw_device> [mu#]", "Specify the raw device file"),
                    UsageLine("-d[g] <seq#> <ldev#> [mu#]", "Specify the LDEV#"),
                ]
            ) { (form, option, arguments) throws(HorcmFailure) in
                try form.targets.take(option, &arguments)
            },
        ]
    }
}

/// `-g` and `-d`, for commands that act on volumes.
package struct TargetOptions: Sendable {
    private var group: String?
    private var other: VolumeTarget?
    /// The mirror to look at, from `-FHORC` or `-FMRCF`.
    var shown: UInt8?

    package init() {}

    /// Takes `-g`, `-d` or `-dg` with what belongs to it.
    mutating func take(_ option: String, _ arguments: inout ArgumentReader) throws(HorcmFailure) {
        if option == "-g" {
            group = try arguments.value(of: option)
        } else {
            other = try target(option, &arguments)
        }
    }

    /// `-d <pairvol>`, `-d[g] <raw device> [MU#]`, or `-d[g] <seq#> <LDEV#> [MU#]`.
    private func target(_ option: String, _ arguments: inout ArgumentReader) throws(HorcmFailure) -> VolumeTarget {
        let first = try arguments.value(of: option)
        if first.hasPrefix("/") {
            let mirror = try arguments.next(if: MirrorArgument.fits).map(MirrorArgument.number)
            return .file(first, wholeGroup: option == "-dg", mirror: mirror)
        }
        if let serial = decimal(first, as: UInt64.self),
            let number = arguments.next(if: { LDEVNumber(parsing: $0) != nil }), let ldev = LDEVNumber(parsing: number)
        {
            let mirror = try arguments.next(if: MirrorArgument.fits).map(MirrorArgument.number)
            return .ldev(ArraySerial(serial), ldev, wholeGroup: option == "-dg", mirror: mirror)
        }
        guard option == "-d" else {
            throw HorcmFailure(.invalidArgument, "-dg takes a device file, or a serial and an LDEV number.")
        }
        return .device(first, group: nil)
    }

    package func required() throws(HorcmFailure) -> VolumeTarget {
        var target: VolumeTarget
        switch (other, group) {
        case (let other?, let group):
            target = other
            if case .device(let name, _) = other.place { target.place = .device(name, group: group) }
        case (nil, let group?): target = .group(group)
        case (nil, nil): throw .missing("-g <group> or -d <volume>")
        }
        target.shown = shown
        return target
    }
}

/// An MU#: `0` to `3`, or `h0` to `h3`.
enum MirrorArgument {
    static func fits(_ text: String) -> Bool {
        decimal(text.hasPrefix("h") ? String(text.dropFirst()) : text, as: UInt8.self) != nil
    }

    /// - Throws: EX_INVMUN if there is no such mirror.
    static func number(_ text: String) throws(HorcmFailure) -> UInt8 {
        guard let number = decimal(text.hasPrefix("h") ? String(text.dropFirst()) : text, as: UInt8.self), number <= 3
        else { throw HorcmFailure(.invalidMirror, "MU# is 0 to 3, not '\(text)'.") }
        return number
    }
}
