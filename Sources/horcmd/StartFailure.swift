/// Why an instance does not start, as a sentence for stderr and the log.
struct StartFailure: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}
