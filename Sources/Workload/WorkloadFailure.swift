// What a load could not do, as its owner reads it: what stood in the way, where, and what to do about it.

internal import Platform

package struct WorkloadFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package var message: String
    package var remedy: String?

    package init(_ message: String, remedy: String? = nil) {
        self.message = message
        self.remedy = remedy
    }

    init(_ failure: SystemFailure) { self.init(failure.description) }

    package var description: String { remedy.map { "\(message)\n  \($0)" } ?? message }
}

/// Where a record cannot be believed. Nothing after that place is guessed.
package struct RecordDamage: Error, Hashable, Sendable, CustomStringConvertible {
    package var path: String
    /// Bytes from the beginning of the record.
    package var place: UInt64
    package var what: String

    package var description: String {
        "the record \(path) is damaged at byte \(place): \(what)\n  "
            + "judge with an undamaged copy of the record; without one this run cannot be judged"
    }
}

package enum RecordFailure: Error, Hashable, Sendable {
    case damaged(RecordDamage)
    case failed(WorkloadFailure)
}
