// What does every event do in every state? The whole table, and the single steps that matter most.

internal import ReplicationCore
internal import Simulator
internal import Synchronization
import Testing

struct LocalCopyTests {
    static let commands: [LocalCommand] = [.split, .resynchronise(pace: nil), .restore(pace: nil), .fail, .delete]

    /// A set of one pair in this state, as it comes from a record and a memory.
    static func machine(_ status: LocalStatus, isHalfRestored: Bool = false, pairs: Int = 1) -> LocalCopyMachine {
        var record = LocalCopyRecord(
            id: GroupIdentifier(9), serial: ArraySerial(30053),
            pairs: (0..<UInt16(pairs)).map {
                LocalPairRecord(
                    primary: LDEVNumber($0), secondary: LDEVNumber(0x10 + $0), mirror: 0,
                    layout: TrackLayout(volumeBytes: 8 * 4096, trackBytes: 4096))
            })
        for index in record.pairs.indices {
            record.pairs[index].status = status
            record.pairs[index].isHalfRestored = isHalfRestored
        }
        let nvram = Nvram(byteCount: LocalCopyMemory.byteCount(trackCounts: record.trackCounts))
        memories.withLock { $0.append(nvram) }
        return LocalCopyMachine(record: record, memory: LocalWorld.memory(nvram, record))
    }
    /// The machines' memory lives as long as the tests.
    private static let memories = Mutex<[Nvram]>([])

    static func track(_ first: Int, _ count: Int = 1) -> TrackRange { TrackRange(first: first, count: count) }

    /// By hand, from the reference's tables: the state after, or nil for a refusal.
    static func expected(_ status: LocalStatus, _ command: LocalCommand, _ isHalfRestored: Bool) -> LocalStatus?? {
        switch (status, command) {
        case (.copying, .split), (.paired, .split): .some(.splitting)
        case (.splitting, .split), (.split, .split): .some(status)
        case (.restoring, .split), (.failed, .split): .some(nil)
        case (.copying, .resynchronise), (.paired, .resynchronise): .some(status)
        case (.split, .resynchronise): .some(.copying)
        case (.failed, .resynchronise): isHalfRestored ? .some(nil) : .some(.copying)
        case (.splitting, .resynchronise), (.restoring, .resynchronise): .some(nil)
        case (.split, .restore): .some(.restoring)
        case (.restoring, .restore): .some(.restoring)
        case (.failed, .restore): isHalfRestored ? .some(.restoring) : .some(nil)
        case (.copying, .restore), (.paired, .restore), (.splitting, .restore): .some(nil)
        case (_, .fail): .some(.failed)
        case (_, .delete): nil
        }
    }

    @Test func everyCommandInEveryState() throws {
        for status in LocalStatus.allCases {
            for isHalfRestored in status == .failed ? [false, true] : [status == .restoring] {
                for command in Self.commands {
                    var machine = Self.machine(status, isHalfRestored: isHalfRestored)
                    // Something is left to do, so that no state runs through to the next.
                    machine.markAll()
                    let before = machine.record
                    machine.hold()
                    let refusal = machine.refusal(of: command, pairs: [0])
                    let effects = try? machine.perform(command, pairs: [0])
                    #expect((effects == nil) == (refusal != nil))
                    guard let expected = Self.expected(status, command, isHalfRestored) else {
                        #expect(machine.record.isGone && effects?.last == .removed(pair: 0))
                        continue
                    }
                    if let after = expected {
                        #expect(machine.record.pairs[0].status == after, "\(status), \(command)")
                        #expect((effects?.first == .persist) == (machine.record != before))
                    } else {
                        #expect(effects == nil && machine.record == before, "\(status), \(command)")
                    }
                }
            }
        }
    }

    @Test func whoMayWriteInWhichState() {
        for status in LocalStatus.allCases {
            let pair = Self.machine(status, isHalfRestored: status == .restoring).record.pairs[0]
            #expect((pair.secondaryAccess == .readWrite) == (status == .split))
            #expect((pair.primaryAccess == .readOnly) == (status == .restoring))
        }
        // A restore that failed leaves a primary that is neither old nor new.
        #expect(Self.machine(.failed, isHalfRestored: true).record.pairs[0].primaryAccess == .readOnly)
    }

    @Test func aWriteInEveryStateIsMarkedBeforeItsData() {
        for status in LocalStatus.allCases {
            var machine = Self.machine(status)
            #expect(machine.admit(primaryOf: 0, Self.track(3, 2)) == .proceed)
            #expect(machine.differingTracks(of: 0) == 2, "\(status)")
            #expect(machine.pending[0].isMarked(3) == [.copying, .paired, .restoring].contains(status))
            _ = machine.finished()
        }
    }

    @Test func aSplitIsOneInstantForAllItsPairs() throws {
        var machine = Self.machine(.paired, pairs: 3)
        machine.markAll()
        #expect(machine.admit(primaryOf: 2, Self.track(0)) == .proceed)
        machine.hold()
        #expect(machine.admit(primaryOf: 0, Self.track(0)) == .wait)
        #expect(!machine.isAtRest)
        let mayGoOn = machine.finished()
        #expect(mayGoOn)
        #expect(machine.isAtRest)
        let effects = try machine.perform(.split, pairs: [0, 1, 2])
        // One record for all of them.
        #expect(effects.filter { $0 == .persist }.count == 1)
        machine.letGo()
        #expect(machine.record.pairs.allSatisfy { $0.status == .splitting })
    }

    @Test func oneOfSeveralThatRefusesKeepsAllAsTheyWere() throws {
        var machine = Self.machine(.split, pairs: 2)
        machine.hold()
        _ = try machine.perform(.resynchronise(pace: nil), pairs: [1])
        machine.letGo()
        let before = machine.record
        machine.hold()
        #expect(throws: Refusal.wrongStatus) {
            var copy = machine
            _ = try copy.perform(.restore(pace: nil), pairs: [0, 1])
        }
        _ = try? machine.perform(.restore(pace: nil), pairs: [0, 1])
        #expect(machine.record == before)
    }

    /// Two hosts write to different halves of one track: the second waits until the first has copied it.
    @Test func aTrackIsCopiedOnceBeforeItIsOverwritten() {
        var machine = Self.machine(.splitting)
        machine.markAll()
        #expect(machine.admit(primaryOf: 0, Self.track(2, 2)) == .copyFirst(Self.track(2, 2)))
        #expect(machine.admit(primaryOf: 0, Self.track(3)) == .wait)
        #expect(machine.admit(primaryOf: 0, Self.track(4)) == .copyFirst(Self.track(4)))
        #expect(machine.copiedFirst(0, Self.track(2, 2), succeeded: true) == [])
        #expect(machine.admit(primaryOf: 0, Self.track(3)) == .proceed)
        #expect(machine.admit(primaryOf: 0, Self.track(2, 2)) == .proceed)
        #expect(!machine.isAtRest)
    }

    /// The secondary's device refuses: the pair fails, the host's write goes on.
    @Test func aHostNeverPaysForABrokenSecondary() {
        var machine = Self.machine(.splitting)
        machine.markAll()
        #expect(machine.admit(primaryOf: 0, Self.track(1)) == .copyFirst(Self.track(1)))
        let effects = machine.copiedFirst(0, Self.track(1), succeeded: false)
        #expect(effects.contains(.persist))
        #expect(machine.record.pairs[0].status == .failed)
        #expect(machine.admit(primaryOf: 0, Self.track(1)) == .proceed)
    }

    @Test func aPairWithoutDifferencesRunsThroughAtOnce() throws {
        var machine = Self.machine(.split)
        machine.hold()
        _ = try machine.perform(.resynchronise(pace: 15), pairs: [0])
        #expect(machine.record.pairs[0].status == .paired && machine.record.pairs[0].copyPace == 15)
        let effects = try machine.perform(.split, pairs: [0])
        #expect(effects.last == .synchronise(pair: 0))
        let later = machine.synchronised(0, succeeded: true)
        #expect(later.contains(.persist))
        #expect(machine.record.pairs[0].status == .split)
    }

    @Test func percentages() throws {
        var machine = Self.machine(.split)
        #expect(machine.cleanPercent(of: 0) == 100)
        _ = machine.admit(primaryOf: 0, Self.track(0, 2))
        machine.mark(secondaryOf: 0, Self.track(1, 2))
        #expect(machine.differingTracks(of: 0) == 3 && machine.cleanPercent(of: 0) == 62)
    }
}
