// A call as its command is to log it.

extension CommandLog {
    package struct Call: Sendable {
        package var arguments: [String]
        package var outcome: CommandOutcome
        package var mode: CopyMode
        package var user: String
        package var userNumber: UInt32
        package var process: Int32
        package var stamp: Stamp

        package init(
            _ arguments: [String], _ outcome: CommandOutcome, mode: CopyMode, user: String, userNumber: UInt32,
            process: Int32, _ stamp: Stamp
        ) {
            self.arguments = arguments
            self.outcome = outcome
            self.mode = mode
            self.user = user
            self.userNumber = userNumber
            self.process = process
            self.stamp = stamp
        }
    }
}
