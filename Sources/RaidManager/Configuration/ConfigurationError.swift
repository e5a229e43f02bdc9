/// What is wrong with a configuration file: where, what, and what to do.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    package var file: String
    /// 1 is the first line; nil if no single line is at fault.
    package var line: Int?
    package var cause: String
    package var remedy: String

    package init(file: String, line: Int?, cause: String, remedy: String) {
        self.file = file
        self.line = line
        self.cause = cause
        self.remedy = remedy
    }

    package var description: String { "\(file)\(line.map { ":\($0)" } ?? ""): \(cause). \(remedy)." }
}
