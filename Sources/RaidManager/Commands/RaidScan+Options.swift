// The options of raidscan.
//
// - Source: RAID Manager reference, section 2.11; the words of the help are ours.

internal import ReplicationCore

extension RaidScan {
    package static var options: [CommandOption<Form>] { scanOptions + findOptions + viewOptions }

    private static var scanOptions: [CommandOption<Form>] {
        [
            CommandOption("-p <port>[-<hgrp>]", "Specify the port", .several, "2.11", names: ["-p"]) {
                (form, option, arguments) throws(HorcmFailure) in
                form.port = try arguments.value(of: option)
            },
            CommandOption("-t <targ>", "Specify the target ID", .several, "2.11") {
                (form, option, arguments) throws(HorcmFailure) in
                form.target = try arguments.number(of: option, in: 0...UInt16.max)
            },
            CommandOption("-l <lun>", "Specify the logical unit", .several, "2.11") {
                (form, option, arguments) throws(HorcmFailure) in
                form.lun = try arguments.number(of: option, in: 0...UInt16.max)
            },
            CommandOption("-m <mu#>", "Specify the mirror", .several, "2.11", names: ["-m", "-mu"]) {
                (form, option, arguments) throws(HorcmFailure) in
                form.mirror = try arguments.value(of: option)
            },
            CommandOption("-pd[g] <raw_device>", "Specify the port of a device file", .several, "2.11") {
                (form, option, arguments) throws(HorcmFailure) in
                form.device = try arguments.value(of: option)
            },
            CommandOption("-s <seq#>", "Specify the array by its serial", .several, "2.11") {
                (form, option, arguments) throws(HorcmFailure) in
                form.serial = ArraySerial(try arguments.number(of: option, in: 0...UInt64.max))
            },
            CommandOption("-u <unit>", "Specify the array by its place in HORCM_CMD", .several, "2.11") {
                (form, option, arguments) throws(HorcmFailure) in
                form.unit = try arguments.number(of: option, in: 0...63)
            },
            .flag("-a", "Show all ports", .several, "2.11") { $0.wantsAll = true },
        ]
    }

    private static var findOptions: [CommandOption<Form>] {
        [
            CommandOption("-pi <strings>", "Take device files from here, not from stdin", .several, "2.11") {
                (form, option, arguments) throws(HorcmFailure) in
                form.names = DeviceFileNames.inText(try arguments.value(of: option))
                while let more = arguments.next(if: { !$0.hasPrefix("-") }) {
                    form.names? += DeviceFileNames.inText(more)
                }
            },
            CommandOption(
                "-find[g] [conf|verify|inst] [mu#]", "Find the volumes behind device files", .several, "2.11",
                names: ["-find", "-findg"]
            ) { (form, _, arguments) throws(HorcmFailure) in
                form.find = .devices
                if let word = arguments.next(if: { FindWords.operations[$0] != nil }) {
                    form.find = FindWords.operations[word]
                }
                if let mirror = arguments.next(if: FindWords.isMirror) { form.mirror = mirror }
            },
            CommandOption("-g <group>", "Specify the group for -find conf", .real, "1.11") {
                (form, option, arguments) throws(HorcmFailure) in
                form.group = try arguments.value(of: option)
            },
        ]
    }

    private static var viewOptions: [CommandOption<Form>] {
        [
            CommandOption("-f[x|f|g|d|e|w]", "Add columns; x: LDEV# in hexadecimal", .several, "2.11", names: ["-f*"]) {
                (form, option, _) throws(HorcmFailure) in
                let letters = option.dropFirst(2)
                guard letters.allSatisfy("xfgdew".contains) else { throw .unknown(option) }
                form.letters += letters
            },
            .flag("-CLI", "Show fixed columns", .several, "2.11") { $0.isCommandLine = true },
        ]
    }
}

private enum FindWords {
    static let operations: [String: RaidScan.Find] = [
        "conf": .configuration, "verify": .verify, "inst": .permit,
    ]

    static func isMirror(_ text: String) -> Bool {
        decimal(text.hasPrefix("h") ? text.dropFirst() : text[...], as: UInt8.self) != nil
    }
}
