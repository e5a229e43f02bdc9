// A history for people: one line for each thing that happened, with the number of the event that caused it.

internal import ReplicationCore

package struct Timeline: Sendable {
    package struct Line: Hashable, Sendable {
        /// The number of the event in the history, from 1; 0 before the first.
        package var event: Int
        var time: Span
        /// Since the beginning of the world.
        package var milliseconds: UInt64 { time.nanoseconds / 1_000_000 }
        /// The array it happened to; nil for the link and the clock.
        package var array: DiskArray?
        package var text: String
    }

    package private(set) var lines: [Line] = []
    var event = 0
    private var start: Moment?

    package init() {}

    mutating func add(_ text: String, _ array: DiskArray?, _ now: Moment) {
        if start == nil { start = now }
        lines.append(Line(event: event, time: now.since(start ?? now), array: array, text: text))
    }

    /// After event and time a column for each array; links and the clock between dashes.
    package var text: String {
        let names = lines.contains { $0.array == .c } ? ["a", "b", "c"] : ["a", "b"]
        let head = "event     time  " + names.map { Self.pad("array \($0)", 60) }.joined(separator: "| ")
        return ([head] + lines.map(Self.row)).joined(separator: "\n")
    }

    private static func row(_ line: Line) -> String {
        let number = pad(String(line.event), 5, left: true)
        let tenths = line.time.nanoseconds / 100_000_000
        let time = pad("\(tenths / 10).\(tenths % 10) s", 9, left: true)
        let text =
            switch line.array {
            case .a: line.text
            case .b: pad("", 60) + "| " + line.text
            case .c: pad("", 60) + "| " + pad("", 60) + "| " + line.text
            case nil: "-- " + line.text + " --"
            }
        return "\(number)\(time)  \(text)"
    }

    private static func pad(_ text: String, _ width: Int, left: Bool = false) -> String {
        let space = String(repeating: " ", count: max(0, width - text.count))
        return left ? space + text : text + space
    }
}
