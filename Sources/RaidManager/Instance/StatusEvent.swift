// A change of a volume's pair status, as the instance's monitor saw it, and the questions about such changes.

package import CommandDevice
package import ReplicationCore

package struct StatusEvent: Hashable, Sendable {
    package var group: String
    package var name: String
    /// Whose pairs changed: remote ones or local ones.
    package var mode: CopyMode
    /// nil: the array does not know the volume any more.
    package var path: VolumePath?
    package var ldev: LDEVNumber?
    package var before: PairWord
    package var after: PairWord

    package init(
        group: String, name: String, mode: CopyMode, path: VolumePath?, ldev: LDEVNumber?, before: PairWord,
        after: PairWord
    ) {
        self.group = group
        self.name = name
        self.mode = mode
        self.path = path
        self.ldev = ldev
        self.before = before
        self.after = after
    }

    /// Words are plain here: what only `pairdisplay -fc` shows is no change.
    package init?(from before: VolumeView, to after: VolumeView) {
        guard before.plainWord != after.plainWord else { return nil }
        let report = after.report
        self.init(
            group: report.group, name: report.name, mode: after.mode, path: report.path, ldev: report.ldev,
            before: before.plainWord, after: after.plainWord)
    }
}

/// Which changes are meant.
package struct EventFilter: Hashable, Sendable {
    package var mode: CopyMode
    /// What a volume has become; empty: whatever it is.
    package var words: [PairWord]

    package init(_ mode: CopyMode, words: [PairWord] = []) {
        self.mode = mode
        self.words = words
    }

    package func fits(_ event: StatusEvent) -> Bool {
        event.mode == mode && (words.isEmpty || words.contains { $0.means(event.after) })
    }
}

/// What is to be told, and what is forgotten with it.
package struct EventOrder: Hashable, Sendable {
    package enum Clearing: UInt8, Hashable, Sendable, CaseIterable {
        case nothing = 1
        case reported = 2
        /// Every change of that kind of pair, whatever the filter lets through.
        case everything = 3
    }

    package var filter: EventFilter
    /// All changes that fit, or only the oldest.
    package var takesAll: Bool
    package var clearing: Clearing

    package init(_ filter: EventFilter, takesAll: Bool, clearing: Clearing) {
        self.filter = filter
        self.takesAll = takesAll
        self.clearing = clearing
    }
}

extension StatusEvent {
    func write(to w: inout WireWriter) {
        w.write(group)
        w.write(name)
        w.write(mode.rawValue)
        w.write(optional: path) {
            $0.write($1.port)
            $0.write($1.target)
            $0.write($1.lun)
        }
        w.write(optional: ldev) { $0.write($1.value) }
        w.write(before.rawValue)
        w.write(after.rawValue)
    }

    init(from r: inout WireReader) throws(WireError) {
        self.init(
            group: try r.readText(), name: try r.readText(), mode: try CopyMode.read(from: &r, field: "mode"),
            path: try r.readOptional { (r) throws(WireError) in
                VolumePath(port: try r.readText(), target: try r.read(), lun: try r.read())
            },
            ldev: try r.readOptional { (r) throws(WireError) in LDEVNumber(try r.read()) },
            before: try PairWord(from: &r), after: try PairWord(from: &r))
    }
}

extension EventFilter {
    func write(to w: inout WireWriter) {
        w.write(mode.rawValue)
        w.write(each: words) { $0.write($1.rawValue) }
    }

    init(from r: inout WireReader) throws(WireError) {
        self.init(
            try CopyMode.read(from: &r, field: "mode"),
            words: try r.readEach { (r) throws(WireError) in try PairWord(from: &r) })
    }
}

extension EventOrder {
    func write(to w: inout WireWriter) {
        filter.write(to: &w)
        w.write(takesAll)
        w.write(clearing.rawValue)
    }

    init(from r: inout WireReader) throws(WireError) {
        self.init(
            try EventFilter(from: &r), takesAll: try r.readFlag(),
            clearing: try Clearing.read(from: &r, field: "clearing"))
    }
}

extension PairWord {
    fileprivate init(from r: inout WireReader) throws(WireError) {
        guard let word = Self(rawValue: try r.readText()) else { throw .unknownValue(field: "pair status") }
        self = word
    }
}
