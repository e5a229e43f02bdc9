// The rungs of the ladder: each adds one part of the write path to the one before.

/// A rung. `rawValue` is its row in the report.
package enum LadderRung: String, CaseIterable, Sendable {
    case fuse = "FUSE, answered at once"
    case backingFile = "+ backing file"
    case array = "+ range order and array"
    case bitmap = "+ bitmap"
    case sideFile = "+ side file"
    case link = "+ link, asynchronous"
    case synchronous = "+ synchronous"
    case tcp = "TCP, synchronous"
    case arrayLedger = "+ ledger: array"
    case linkLedger = "+ ledger: link, asynchronous"
    case synchronousLedger = "+ ledger: synchronous"

    /// What it adds, and to what; a paragraph of the report.
    package var remark: String {
        switch self {
        case .fuse:
            "a process that answers writes at once and keeps nothing: what fio, the kernel and libfuse cost."
        case .backingFile: "the same process; each write is one `pwrite` to a plain file."
        case .array:
            "a simplex volume of an array: ranges are ordered, and the group is asked whether the volume is paired."
        case .bitmap:
            "a pair that is split: a write marks its tracks in mapped memory before it goes to the file. After the first "
                + "writes nearly all marks stand already, as on a busy volume: what is measured is finding and keeping them."
        case .sideFile:
            "an asynchronous pair whose link holds everything back: admission with a sequence number and a slot in mapped "
                + "memory, the frame with its copy of the payload and its checksum, and its place in the link's queue; "
                + "nothing is sent, and the other array rests. The ring's memory was touched before."
        case .link:
            "the same over a link that takes all: sending, receiving, the far cache, the far volume and the "
                + "acknowledgement, which run beside the writes on the same processors. No answer waits for them."
        case .synchronous: "a pair with fence DATA: each answer waits for the acknowledgement."
        case .tcp: "the same over TCP on loopback in place of the Unix socket."
        case .arrayLedger: "the third rung with the ledger that arrays have as a rule."
        case .linkLedger: "the asynchronous link with ledgers on both sides."
        case .synchronousLedger: "the synchronous pair with ledgers on both sides."
        }
    }

    /// Only the rungs up to the array differ for reads: a read goes no further.
    package var isMeasuredReading: Bool {
        switch self {
        case .fuse, .backingFile, .array: true
        case .bitmap, .sideFile, .link, .synchronous, .tcp, .arrayLedger, .linkLedger, .synchronousLedger: false
        }
    }
}
