internal import RaidManager

/// Why an instance does not start, as a sentence for stderr and the log.
struct StartFailure: Error, CustomStringConvertible {
    var description: String
    /// What the log calls it.
    var message: DaemonMessage

    init(_ description: String, _ message: DaemonMessage = .setupFileError) {
        self.description = description
        self.message = message
    }
}
