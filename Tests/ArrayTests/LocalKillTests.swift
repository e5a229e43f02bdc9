// Does an image, a copy or a restore survive kill -9 in each of its phases, under load?

import CommandDevice
import Foundation
import Platform
import ReplicationCore
import TestSupport
import Testing

@Suite("local pairs and kill -9", .serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct LocalKillTests {
    enum Phase: String, CaseIterable, Sendable { case copying, paired, splitting, split, resynchronising, restoring }

    @Test(
        "an image is still a cut, a restore still brings back the image, a copy still ends equal",
        arguments: Phase.allCases)
    func kill(phase: Phase) throws {
        let top = try ArrayBenchtop(volumes: 4)
        let east = top.east
        let names = [east.localName(0, 2), east.localName(1, 3)]
        for round in 0..<9 {
            let writer = OrderedWriter(paths: [east.device(0), east.device(1)], blocks: 1024)
            try wipe(east)
            if phase != .restoring {
                writer.start()
                #expect(waitUntil(seconds: 10) { writer.acknowledged > 0 })
            }
            try east.orderLocal(.create(LocalCreationOrder(names: names, copyPace: 1, isAtTime: true)))
            var images: [[UInt8]] = []
            switch phase {
            case .copying: break
            case .paired: try east.awaitLocal(.paired)
            case .splitting:
                // Most of the image is still to be copied.
                try east.orderLocal(.split(names))
            case .split, .resynchronising:
                try split(east, names)
            case .restoring:
                for block in 0..<1024 { try east.fill(0, block: block, UInt8.random(in: 1...255)) }
                try split(east, names)
                images = try [2, 3].map { try top.contents(east, $0) }
                for block in 0..<1500 { try east.fill(block % 2, block: block, UInt8.random(in: 1...255)) }
                try east.fill(2, block: 1700, 0x42)
                images[0] = try top.contents(east, 2)
            }
            if phase == .resynchronising { try east.orderLocal(.resynchronise(names, copyPace: 1)) }
            if phase == .restoring { try east.orderLocal(.restore(names, copyPace: 1)) }
            sleepNanoseconds(UInt64.random(in: 0...12_000_000))
            let isSplit = phase == .splitting || phase == .split
            east.kill()
            writer.stop()
            try east.start()

            if isSplit {
                for index in [2, 3] { try east.awaitLocal(.split, index) }
                let cut = writer.cut(of: [try top.contents(east, 2), try top.contents(east, 3)])
                #expect(cut.counterexample == nil, "\(phase), round \(round)")
                #expect(cut.count > 0)
                #expect(east.takesWrites(2) && east.takesWrites(3))
                try east.orderLocal(.resynchronise(names, copyPace: 15))
            }
            for index in [2, 3] { try east.awaitEqual(index) }
            for index in [0, 1] {
                let primary = try top.contents(east, index)
                #expect(try top.contents(east, index + 2) == primary, "\(phase), round \(round)")
                if phase == .restoring { #expect(primary == images[index], "round \(round), volume \(index)") }
            }
            if phase != .restoring {
                let cut = writer.cut(of: [try top.contents(east, 0), try top.contents(east, 1)])
                #expect(cut.counterexample == nil && cut.count >= writer.acknowledged, "\(phase), round \(round)")
            }
            #expect(east.takesWrites(0) && !east.takesWrites(2))
            try east.orderLocal(.delete(names))
        }
    }

    private func split(_ east: TestArray, _ names: [LocalName]) throws {
        for index in [2, 3] { try east.awaitLocal(.paired, index) }
        try east.orderLocal(.split(names))
        for index in [2, 3] { try east.awaitLocal(.split, index) }
    }

    /// Makes all four volumes zero, so that every round's order begins anew.
    private func wipe(_ east: TestArray) throws {
        for index in 0..<4 {
            let file = unsafe open(east.device(index), O_RDWR | O_CLOEXEC)
            defer { close(file) }
            let zeros = [UInt8](repeating: 0, count: 8 << 20)
            guard unsafe pwrite(file, zeros, zeros.count, 0) == zeros.count else {
                throw TestProblem("volume \(index) takes no zeros: errno \(errno)")
            }
        }
    }

    @Test("a pair's creation, deletion and every other order is whole or not there after a kill")
    func ordersAreWholeOrNotThere() throws {
        let top = try ArrayBenchtop(volumes: 4)
        let east = top.east
        let names = [east.localName(0, 2), east.localName(1, 3)]
        for round in 0..<14 {
            let device = east.commandDevice
            let isThere = try !east.volume(0).localPairs.isEmpty
            let order: LocalOrder =
                isThere
                ? (round % 3 == 0 ? .delete(names) : .split(names))
                : .create(LocalCreationOrder(names: names, copyPace: 15, isAtTime: true, splits: round % 2 == 0))
            let asked = NamedThread("operator") { _ = try? TestArray.ask(.local(order), device) }
            sleepNanoseconds(UInt64.random(in: 0...3_000_000))
            east.kill()
            asked.join()
            try east.start()
            let states = try (0..<4).map { try east.volume($0).localPairs.first?.status }
            // Both pairs of a set are there or none, seen from both ends.
            #expect(Set(states.map { $0 == nil }).count == 1, "round \(round): \(states)")
            guard states[0] != nil else { continue }
            #expect(
                waitUntil(seconds: 20) {
                    let now = (0..<4).compactMap { (try? east.localPair($0))?.status }
                    return now == [.split, .split, .split, .split] || now == [.paired, .paired, .paired, .paired]
                }, "round \(round): \(states)")
        }
    }
}
