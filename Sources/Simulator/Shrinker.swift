// Makes a failing history short: leaves out halves, quarters, single events as long as what is left breaks the same
// rule, then makes the world smaller and the events plainer, and begins again until nothing helps (delta debugging:
// Zeller and Hildebrandt, 2002).

internal import ReplicationCore

package struct Shrinker {
    private var script: Script
    private let rule: Rule
    package private(set) var attempts = 0
    private let progress: (_ attempts: Int, _ events: Int) -> Void

    /// The shortest script found that breaks the same rule as `script`; nil if `script` breaks none.
    package static func shrink(
        _ script: Script, progress: @escaping (_ attempts: Int, _ events: Int) -> Void = { _, _ in }
    ) -> Script? {
        guard let violation = script.play().violation else { return nil }
        var shrinker = Shrinker(script: script, rule: violation.rule, progress: progress)
        shrinker.run()
        return shrinker.script
    }

    private init(script: Script, rule: Rule, progress: @escaping (Int, Int) -> Void) {
        self.script = script
        self.rule = rule
        self.progress = progress
    }

    private mutating func run() {
        var before: Script
        repeat {
            before = script
            leaveOut()
            simplifyShape()
            simplifyEvents()
        } while script != before
    }

    /// Takes `candidate` if it still fails.
    @discardableResult
    private mutating func take(_ candidate: Script) -> Bool {
        attempts += 1
        guard candidate != script, candidate.play().violation?.rule == rule else { return false }
        script = candidate
        progress(attempts, script.events.count)
        return true
    }

    private mutating func leaveOut() {
        var size = max(1, script.events.count / 2)
        while true {
            var moved = false
            // From the end: what comes after the failure goes at once.
            var end = script.events.count
            while end > 0 {
                var candidate = script
                candidate.events.removeSubrange(max(0, end - size)..<end)
                if take(candidate) { moved = true }
                end -= size
                end = min(end, script.events.count)
            }
            if size == 1, !moved { return }
            if size > 1 { size /= 2 }
        }
    }

    private mutating func simplifyShape() {
        for group in script.shape.groups.indices.reversed() where script.shape.groups.count > 1 {
            var candidate = script
            candidate.events = script.events.compactMap { $0.without(group: group, of: script.shape) }
            candidate.shape.groups.remove(at: group)
            take(candidate)
        }
        for group in script.shape.groups.indices { simplifyGroup(group) }
    }

    private mutating func simplifyGroup(_ group: Int) {
        while script.shape.groups[group].volumeBlocks.count > 1 {
            var candidate = script
            candidate.shape.groups[group].removeLastVolume()
            guard take(candidate) else { break }
        }
        for volume in script.shape.groups[group].volumeBlocks.indices {
            while script.shape.groups[group].volumeBlocks[volume] > 1 {
                var candidate = script
                candidate.shape.groups[group].volumeBlocks[volume] /= 2
                guard take(candidate) else { break }
            }
        }
        let simplifications: [(inout GroupShape) -> Void] = [
            { $0.slotCount = 16 }, { $0.ringBytes = 200 * 1024 }, { $0.copyPace = 1 },
        ]
        for simplify in simplifications {
            var plain = script
            simplify(&plain.shape.groups[group])
            take(plain)
        }
    }

    private mutating func simplifyEvents() {
        for index in script.events.indices {
            for plainer in Self.plainer(script.events[index]) {
                var candidate = script
                candidate.events[index] = plainer
                if take(candidate) { break }
            }
        }
    }

    /// Events that do the same with less to say, the plainest first.
    private static func plainer(_ event: Event) -> [Event] {
        switch event {
        case .startWrite(let side, let volume, let first, let count, let isDiscard, let fails):
            return [
                .startWrite(side, volume: 0, first: 0, count: 1, isDiscard: false, fails: false),
                .startWrite(side, volume: volume, first: first, count: 1, isDiscard: false, fails: fails),
                .startWrite(side, volume: volume, first: first, count: count, isDiscard: isDiscard, fails: false),
            ]
        case .advanceWrite(let side, let index): return index > 0 ? [.advanceWrite(side, 0)] : []
        case .pump(let side, let limit): return limit < 100_000 ? [.pump(side, limit: 100_000)] : []
        case .plan(let fault, _):
            switch fault {
            case .crashA: return [.crash(.a)]
            case .crashB: return [.crash(.b)]
            case .crashC: return []
            case .cut: return [.cut(.a)]
            }
        case .writeBack(let side, let seed), .crashMachine(let side, let seed):
            guard seed > 0 else { return [] }
            if case .writeBack = event { return [.writeBack(side, seed: 0)] }
            return [.crashMachine(side, seed: 0)]
        case .copy, .deliver, .acknowledge, .restore, .flush, .ask, .crash, .cut, .blackHole, .failApply, .failCopy,
            .notice,
            .openHole, .restart, .connect, .pass, .rest:
            return []
        }
    }
}
