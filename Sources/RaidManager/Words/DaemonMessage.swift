// The numbered messages of an instance, as its log and syslog have them. `{}` stands for what is known beyond the sentence.
//
// - Source: RAID Manager reference, section 7. Numbers and their meaning are from memory of the manuals; the sentences are
//   not verified.

package enum DaemonMessage: UInt16, Hashable, Sendable, CaseIterable {
    case noLogFile = 1
    case noTraceFile = 2
    case noChildProcess = 3
    case assertionFailed = 4
    case noRemoteEndpoint = 5
    case noMemory = 6
    case setupFileError = 7
    case setupFileUnreadable = 8
    case notConnected = 9
    case communicationFailed = 101
    case volumeSuspended = 102
    case validationFailed = 103

    // swift-format-ignore
    package var fact: Fact<String> {
        switch self {
        case .noLogFile: Fact("The log file could not be opened. {}", .known, "7")
        case .noTraceFile: Fact("The trace file could not be opened. {}", .known, "7")
        case .noChildProcess: Fact("A child process could not be created. {}", .known, "7")
        case .assertionFailed: Fact("Assertion failed. {}", .known, "7")
        case .noRemoteEndpoint: Fact("The end point for remote communication could not be created. {}", .known, "7")
        case .noMemory: Fact("Memory allocation failed. {}", .known, "7")
        case .setupFileError: Fact("An error was found in the HORCM setup file. {}", .known, "7")
        case .setupFileUnreadable: Fact("The configuration parameters could not be read. {}", .known, "7")
        case .notConnected: Fact("Connection to the array failed: {}", .ours, "7")
        case .communicationFailed: Fact("Communication failed. {}", .known, "7")
        case .volumeSuspended: Fact("Detected a suspending on this paired volume ( Volume = {}, code = {} )", .known, "7")
        case .validationFailed: Fact("Detected a validation check error on this volume ( {} )", .known, "7")
        }
    }

    /// `[HORCM_102] …`
    package func callAsFunction(_ values: String...) -> String {
        let digits = String(rawValue)
        let number = String(repeating: "0", count: 3 - digits.utf8.count) + digits
        return "[HORCM_\(number)] \(fact.value.filled(values))"
    }
}
