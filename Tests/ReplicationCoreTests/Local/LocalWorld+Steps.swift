// One step of the local world: an actor goes on by as little as an array's shell can.

internal import ReplicationCore
internal import Simulator

extension LocalWorld {
    /// Plays `count` steps; what does not fit the state is passed over.
    mutating func play(_ count: Int, crashes: Bool = true) {
        for _ in 0..<count where violation == nil {
            switch dice.roll(100) {
            case 0..<15: beginWrite()
            case 15..<60: if !writers.isEmpty { stepWriter(dice.roll(writers.count)) }
            case 60..<84: stepCopier()
            case 84..<90: stepSynchronisation()
            case 90..<98: stepOperator()
            case _: if crashes, dice.chance(15) { crash(machine: dice.chance(25)) }
            }
            if diesNow { crash(machine: false) }
            checkMarks()
        }
    }

    /// Lets everybody come to an end. Returns whether they did.
    mutating func runDry() -> Bool {
        for _ in 0..<4000 where violation == nil {
            for index in writers.indices.reversed() { stepWriter(index) }
            stepCopier()
            stepSynchronisation()
            if request != nil { stepOperator() }
            if diesNow { crash(machine: false) }
            checkMarks()
        }
        return violation != nil
            || writers.isEmpty && copier == nil && request == nil && synchronisations.isEmpty
                && sets.allSatisfy { set in
                    set.machine.record.livePairs.allSatisfy { pair in
                        switch set.machine.record.pairs[pair].status {
                        case .paired, .split, .failed: true
                        case .copying, .splitting, .restoring: false
                        }
                    }
                }
    }

    // MARK: Hosts

    mutating func beginWrite() {
        guard writers.count < 4 else { return }
        let first = dice.roll(Self.blocks)
        let count = min(dice.roll(1...5), Self.blocks - first)
        let volume = dice.roll(Self.volumes)
        let token = ranges[volume].enter(Self.extent(first, count))
        writers.append(LocalWriter(volume: volume, first: first, count: count, value: newValue(), token: token))
    }

    mutating func stepWriter(_ index: Int) {
        var writer = writers[index]
        switch writer.stage {
        case .inLine:
            guard ranges[writer.volume].isGranted(writer.token) else { return }
            guard !isClosed[writer.volume] else { return endWriter(index) }
            writer.stage = .admitting(0)
        case .admitting(let place): admit(&writer, place)
        case .copyingFirst(let place, let tracks, let next): copyFirst(&writer, place, tracks, next)
        case .putting(let next):
            if put(&writer, next) { return endWriter(index) }
        }
        writers[index] = writer
    }

    private mutating func admit(_ writer: inout LocalWriter, _ place: Int) {
        let tracks = Self.trackRange(writer.first, writer.count)
        if let (set, pair) = attachment(ofSecondary: writer.volume) {
            sets[set].machine.mark(secondaryOf: pair, tracks)
            writer.stage = .putting(next: 0)
            return
        }
        let attachments = attachments(writer.volume)
        guard place < attachments.count else {
            writer.stage = .putting(next: 0)
            return
        }
        let (set, pair) = attachments[place]
        switch sets[set].machine.admit(primaryOf: pair, tracks) {
        case .wait: break
        case .proceed:
            writer.admitted.append(set)
            writer.stage = .admitting(place + 1)
        case .copyFirst(let run):
            count("copied first")
            if sabotage == .writesBeforeCopying { putAll(&writer) }
            writer.stage = .copyingFirst(place, run, next: run.first * 2)
        }
    }

    private mutating func copyFirst(_ writer: inout LocalWriter, _ place: Int, _ tracks: TrackRange, _ next: Int) {
        let (set, pair) = attachments(writer.volume)[place]
        let refuses = dice.chance(1)
        if next < tracks.end * 2, !refuses {
            files[sets[set].secondaries[pair]][next] = files[writer.volume][next]
            writer.stage = .copyingFirst(place, tracks, next: next + 1)
            return
        }
        carryOut(sets[set].machine.copiedFirst(pair, tracks, succeeded: !refuses), set)
        writer.stage = .admitting(place)
    }

    /// Returns whether the write has ended.
    private mutating func put(_ writer: inout LocalWriter, _ next: Int) -> Bool {
        guard next < writer.count else { return true }
        putBlock(writer, writer.first + next)
        writer.stage = .putting(next: next + 1)
        return false
    }
    private mutating func putAll(_ writer: inout LocalWriter) {
        for block in writer.first..<writer.first + writer.count { putBlock(writer, block) }
    }
    private mutating func putBlock(_ writer: LocalWriter, _ block: Int) {
        files[writer.volume][block] = writer.value
        guard let (set, pair) = attachment(ofSecondary: writer.volume) else { return }
        images[set][pair]?[block].insert(writer.value)
    }

    private mutating func endWriter(_ index: Int) {
        let writer = writers.remove(at: index)
        for set in writer.admitted { _ = sets[set].machine.finished() }
        ranges[writer.volume].release(writer.token)
    }

    // MARK: Copier

    mutating func stepCopier() {
        guard var copier else {
            let set = dice.roll(sets.count)
            guard let job = sets[set].machine.peekCopy() else { return }
            let token = ranges[sets[set].primaries[job.pair]].enter(job.extent)
            self.copier = LocalCopier(set: set, peeked: job, primaryToken: token)
            return
        }
        let pair = copier.peeked.pair
        let (primary, secondary) = (sets[copier.set].primaries[pair], sets[copier.set].secondaries[pair])
        switch copier.stage {
        case .primaryLine:
            guard ranges[primary].isGranted(copier.primaryToken) else { return }
            copier.secondaryToken = ranges[secondary].enter(copier.peeked.extent)
            copier.stage = .secondaryLine
        case .secondaryLine:
            guard ranges[secondary].isGranted(copier.secondaryToken!) else { return }
            guard let job = sets[copier.set].machine.beginCopy(copier.peeked) else { return endCopier() }
            copier.stage = .copying(job, next: job.tracks.first * 2)
            if sabotage == .clearsMarksEarly {
                carryOut(sets[copier.set].machine.copied(job, succeeded: true), copier.set)
            }
        case .copying(let job, let next):
            if job.isRestoring, !copier.isMarked {
                guard markBeside(job, copier.set, primary) else { return }
                copier.isMarked = true
            } else if next < job.tracks.end * 2, !dice.chance(1) {
                let (from, to) = job.isRestoring ? (secondary, primary) : (primary, secondary)
                files[to][next] = files[from][next]
                copier.stage = .copying(job, next: next + 1)
            } else {
                if sabotage != .clearsMarksEarly {
                    let isWhole = next == job.tracks.end * 2
                    carryOut(sets[copier.set].machine.copied(job, succeeded: isWhole), copier.set)
                }
                return endCopier()
            }
        }
        self.copier = copier
    }

    /// A restore writes on a primary that may have other secondaries. Returns false if one of them has to be waited for.
    private mutating func markBeside(_ job: LocalCopyJob, _ set: Int, _ primary: Int) -> Bool {
        for other in attachments(primary) where other.set != set {
            switch sets[other.set].machine.admit(primaryOf: other.pair, job.tracks) {
            case .proceed: _ = sets[other.set].machine.finished()
            case .wait: return false
            case .copyFirst: violation = "a primary is restored while another copy is being split from it"
            }
        }
        return true
    }

    private mutating func endCopier() {
        guard let copier else { return }
        let pair = copier.peeked.pair
        ranges[sets[copier.set].primaries[pair]].release(copier.primaryToken)
        if let token = copier.secondaryToken { ranges[sets[copier.set].secondaries[pair]].release(token) }
        self.copier = nil
    }

    mutating func stepSynchronisation() {
        guard !synchronisations.isEmpty else { return }
        let (set, pair) = synchronisations.removeFirst()
        let isRestoring = sets[set].machine.record.pairs[pair].status == .restoring
        let volume = isRestoring ? sets[set].primaries[pair] : sets[set].secondaries[pair]
        if !(isRestoring && sabotage == .restoresWithoutSynchronising) { disk[volume] = files[volume] }
        carryOut(sets[set].machine.synchronised(pair, succeeded: !dice.chance(2)), set)
    }
}
