// Journals by their numbers: 0 to 255 in each array, as operators name them.

/// A journal on the array that speaks and one on the other.
package struct JournalNumbers: Hashable, Sendable {
    package var local: UInt8
    package var remote: UInt8
    package init(local: UInt8, remote: UInt8) {
        self.local = local
        self.remote = remote
    }
    /// The same two as the other array names them.
    package var seenFromThere: JournalNumbers { JournalNumbers(local: remote, remote: local) }
}

extension WireWriter {
    mutating func write(_ journals: JournalNumbers) {
        write(journals.local)
        write(journals.remote)
    }
}

extension WireReader {
    mutating func readJournals() throws(WireError) -> JournalNumbers {
        JournalNumbers(local: try read(), remote: try read())
    }
}
