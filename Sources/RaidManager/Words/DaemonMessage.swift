// Everything that an instance writes to its log, one row each. `{}` stands for what is known beyond the sentence. Those with
// a number go to syslog as well, as the original's do; the others are ours.
//
// - Source: RAID Manager reference, section 7. Numbers and their meaning are from memory of the manuals; the sentences are
//   not verified.

package enum DaemonMessage: Hashable, Sendable, CaseIterable {
    case noLogFile
    case noTraceFile
    case noChildProcess
    case assertionFailed
    case noRemoteEndpoint
    case noMemory
    case setupFileError
    case setupFileUnreadable
    case notConnected
    case communicationFailed
    case volumeSuspended
    case validationFailed

    case withoutEffect
    case running
    case ending
    case statusChanged
    case connectionBack
    case partnerBack
    case eventsLost
    case commandDeviceChanged
    case permissionsRead
    case noPermissionFile
    case strangerRefused
    case strangerUnknown

    private struct Row {
        var code: UInt16?
        var fact: Fact<String>

        init(_ code: UInt16?, _ text: String, _ certainty: Certainty) {
            self.code = code
            fact = Fact(text, certainty, "7")
        }
    }

    // One row is one line, however long.
    // swift-format-ignore
    private var row: Row {
        switch self {
        case .noLogFile: Row(1, "The log file could not be opened. {}", .known)
        case .noTraceFile: Row(2, "The trace file could not be opened. {}", .known)
        case .noChildProcess: Row(3, "A child process could not be created. {}", .known)
        case .assertionFailed: Row(4, "Assertion failed. {}", .known)
        case .noRemoteEndpoint: Row(5, "The end point for remote communication could not be created. {}", .known)
        case .noMemory: Row(6, "Memory allocation failed. {}", .known)
        case .setupFileError: Row(7, "An error was found in the HORCM setup file. {}", .known)
        case .setupFileUnreadable: Row(8, "The configuration parameters could not be read. {}", .known)
        case .notConnected: Row(9, "Connection to the array failed: {}", .ours)
        case .communicationFailed: Row(101, "Communication failed. {}", .known)
        case .volumeSuspended: Row(102, "Detected a suspending on this paired volume ( Volume = {}, code = {} )", .known)
        case .validationFailed: Row(103, "Detected a validation check error on this volume ( {}, unit# {}, ldev# {} )", .known)
        case .withoutEffect: Row(nil, "{}: {}", .ours)
        case .running: Row(nil, "HORCM instance {} is running, process {}.", .ours)
        case .ending: Row(nil, "HORCM instance {} ends (signal {}).", .ours)
        case .statusChanged: Row(nil, "{} {} LDEV {}: {} -> {}", .ours)
        case .connectionBack: Row(nil, "Connection to the array is back.", .ours)
        case .partnerBack: Row(nil, "{} answers again.", .ours)
        case .eventsLost: Row(nil, "Nobody reads the changes of status: the oldest of them are given up ({} so far).", .ours)
        case .commandDeviceChanged: Row(nil, "The command device of array {} is another one: {} -> {}", .ours)
        case .permissionsRead: Row(nil, "Protection mode: {} permits {} volumes to this host.", .ours)
        case .strangerRefused: Row(nil, "A request from {} was refused: HORCM_ALLOW_INST and HORCM_INST do not name it.", .ours)
        case .strangerUnknown: Row(nil, "HORCM_ALLOW_INST names {}, which is not found: {}", .ours)
        case .noPermissionFile: Row(nil, "Protection mode: no volume is permitted to this host ({}).", .ours)
        }
    }

    package var fact: Fact<String> { row.fact }
    /// The number behind `HORCM_`; nil for what only the log has.
    package var code: UInt16? { row.code }

    package func line(_ values: String...) -> DaemonLine { DaemonLine(self, values) }

    /// `[HORCM_102] …`
    package func callAsFunction(_ values: String...) -> String { DaemonLine(self, values).text }
}

/// One line of an instance's log, without its time.
package struct DaemonLine: Hashable, Sendable {
    package let message: DaemonMessage
    package let values: [String]

    package init(_ message: DaemonMessage, _ values: [String]) {
        self.message = message
        self.values = values
    }

    package var text: String {
        let sentence = message.fact.value.filled(values)
        guard let code = message.code else { return sentence }
        let digits = String(code)
        return "[HORCM_\(String(repeating: "0", count: 3 - digits.utf8.count) + digits)] \(sentence)"
    }

    /// Whether an operator who reads syslog alone is to see it.
    package var isForSystemLog: Bool { message.code != nil }
}
