// The copier's turns. One copy of a set is under way at a time: peek, lock the bytes on both volumes, begin, read and
// write, end. A mark is cleared only at the end, when the copy lies in the file; between begin and end nobody else writes
// these tracks on either side, because the copier holds their bytes.

/// A run of tracks to be copied.
package struct LocalCopyJob: Hashable, Sendable {
    package var pair: Int
    package var tracks: TrackRange
    package var extent: ByteExtent
    /// From the secondary to the primary.
    package var isRestoring: Bool
}

extension LocalCopyMachine {
    /// Whether there is anything to copy that somebody waits for, rather than a paired copy that trails behind.
    package var isUrgent: Bool {
        record.livePairs.contains {
            switch record.pairs[$0].status {
            case .copying, .splitting, .restoring: !pending[$0].isEmpty
            case .paired, .split, .failed: false
            }
        }
    }

    /// The run that should be copied next. Lock its bytes on the primary, then on the secondary, and call `beginCopy`.
    package mutating func peekCopy() -> LocalCopyJob? {
        let open = record.livePairs.filter { !pending[$0].isEmpty && record.pairs[$0].status.isMoving }
        guard !open.isEmpty, copy == nil, !isHeld else { return nil }
        copyTurn += 1
        return job(of: open[copyTurn % open.count])
    }

    private func job(of index: Int) -> LocalCopyJob? {
        let pace = Int(record.pairs[index].copyPace)
        let run =
            pending[index].nextRun(from: copyCursor[index], limit: pace) ?? pending[index].nextRun(from: 0, limit: pace)
        return run.map { makeJob(index, $0) }
    }

    private func makeJob(_ index: Int, _ run: TrackRange) -> LocalCopyJob {
        LocalCopyJob(
            pair: index, tracks: run, extent: record.pairs[index].layout.extent(of: run),
            isRestoring: record.pairs[index].status == .restoring)
    }

    /// Begins what is still to be copied of `peeked`; nil if nothing is, or a command waits. Otherwise call `copied`.
    package mutating func beginCopy(_ peeked: LocalCopyJob) -> LocalCopyJob? {
        let index = peeked.pair
        guard !isHeld, copy == nil, !record.pairs[index].isDeleted, record.pairs[index].status.isMoving,
            let run = pending[index].nextRun(from: peeked.tracks.first, limit: peeked.tracks.count),
            run.first < peeked.tracks.end
        else { return nil }
        let job = makeJob(index, TrackRange(first: run.first, count: min(run.end, peeked.tracks.end) - run.first))
        copy = job
        return job
    }

    /// The run lies in the other volume's file, or could not be copied. Wake a command that waits.
    package mutating func copied(_ job: LocalCopyJob, succeeded: Bool) -> [LocalEffect] {
        precondition(copy == job, "a copy ended that never began")
        copy = nil
        copyCursor[job.pair] = job.tracks.end < pending[job.pair].trackCount ? job.tracks.end : 0
        guard record.pairs[job.pair].status.isMoving else { return [] }
        guard succeeded else { return failed(job.pair) }
        pending[job.pair].clear(job.tracks)
        return settle(job.pair)
    }

    /// What follows from a bitmap that has become empty.
    mutating func settle(_ index: Int) -> [LocalEffect] {
        guard pending[index].isEmpty, !record.pairs[index].isDeleted else { return [] }
        switch record.pairs[index].status {
        case .copying: return setStatus(.paired, of: index)
        // An image, or a restored primary, must survive a crash of the machine from the moment it is said to be there.
        case .splitting, .restoring: return [.synchronise(pair: index)]
        case .paired, .split, .failed: return []
        }
    }

    /// The volume to which pair `index` was copied is on the disk, or refused.
    package mutating func synchronised(_ index: Int, succeeded: Bool) -> [LocalEffect] {
        guard !record.pairs[index].isDeleted, pending[index].isEmpty else { return [] }
        switch record.pairs[index].status {
        case .splitting:
            return succeeded ? setStatus(.split, of: index) : failed(index)
        case .restoring:
            guard succeeded else { return failed(index) }
            record.pairs[index].isHalfRestored = false
            return setStatus(.paired, of: index)
        case .copying, .paired, .split, .failed:
            // A command came between.
            return []
        }
    }
}

extension LocalStatus {
    /// Whether marked tracks are copied.
    var isMoving: Bool {
        switch self {
        case .copying, .paired, .splitting, .restoring: true
        case .split, .failed: false
        }
    }
}
