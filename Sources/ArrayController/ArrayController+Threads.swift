// What an array's own threads do: copying, restoring from journals, and whatever becomes due.

internal import Platform
internal import Synchronization

extension ArrayController {
    func runCopies() {
        while true {
            let work = copyWork.wait { work -> CopyWork? in
                guard work.isWanted || work.isOver else { return nil }
                work.isWanted = false
                return work
            }!
            if work.isOver { return }
            let groups = work.groups.keys.sorted().map { work.groups[$0]! }
            var copied = true
            while copied, !isGoingDown {
                copied = false
                for group in groups where group.copyOnce(volume) { copied = true }
            }
            for group in groups where !group.isCopying { forgetCopies(of: group) }
        }
    }

    private func forgetCopies(of group: ReplicationGroup) {
        copyWork.withLock { _ = $0.groups.removeValue(forKey: group.id) }
        // It may have begun to copy again in between, and asked while it was still on the list.
        if group.isCopying { copyIsWanted(by: group) }
    }

    func runRestores() {
        while true {
            let work = restoreWork.wait { work -> RestoreWork? in
                guard !work.groups.isEmpty || work.isOver else { return nil }
                defer { work.groups = [] }
                return work
            }!
            if work.isOver { return }
            // Each in turn: one that much comes for must not keep the others waiting.
            var busy = work.groups
            while !busy.isEmpty, !isGoingDown { busy.removeAll { !$0.restoreOnce(volume) } }
        }
    }

    /// Every 10 ms: fine enough for a link timeout of 300 s on a clock that runs sixty times as fast. A group of which
    /// nothing can become due is not looked at until it calls: thousands of idle ones would keep a processor busy.
    func runTimers() {
        var watched: [ReplicationGroup] = []
        while !isGoingDown {
            sleepNanoseconds(10_000_000)
            let moment = now
            newlyWatched.withLock { groups in
                watched += groups
                groups.removeAll(keepingCapacity: groups.count < 64)
            }
            watched.removeAll { !$0.tick(moment) }
            letRetiredGo()
        }
    }

    /// Gives the memory of removed groups back once no link holds a frame in it.
    private func letRetiredGo() {
        // They end after the lock is given back.
        _ = registry.withLock { registry in
            let free = registry.retired.filter { $0.link.isDrained }
            if !free.isEmpty { registry.retired.removeAll { group in free.contains { $0 === group } } }
            return free
        }
    }
}
