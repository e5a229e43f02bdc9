// Does an array tell how far an asynchronous group has come, and wait until the other array has it?

import Bench
import CommandDevice
import Foundation
import ReplicationCore
import TestSupport
import Testing

@Suite("markers of asynchronous groups", .serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct MarkerTests {
    private func marker(_ top: ArrayBenchtop) throws -> GroupMarker {
        guard case .journal(.markers(let markers)) = try top.east.ask(.journal(.marker([top.east.ldev(0)]))),
            markers.count == 1
        else { throw TestProblem("no marker") }
        return markers[0]
    }

    private func wait(_ top: ArrayBenchtop, _ marker: SequenceNumber, _ timeout: Span?) throws -> MarkerOutcome {
        guard
            case .journal(.waited(let outcome, _)) = try top.east.ask(
                .journal(.waitFor([top.east.ldev(0)], marker, timeout: timeout)))
        else { throw TestProblem("waiting did not end as it should") }
        return outcome
    }

    private func write(_ top: ArrayBenchtop) throws {
        let writers = StampedWriters(path: top.east.device(0), blocks: 64, threads: 2)
        writers.start()
        #expect(waitUntil(seconds: 10) { writers.writes > 20 })
        writers.stop()
    }

    @Test("what was written is reached, and a cut link keeps it from it")
    func reachedAndNotReached() async throws {
        let top = try ArrayBenchtop()
        try top.pair(.asynchronous)
        try write(top)
        let first = try marker(top)
        #expect(first.newest.value > 20)
        #expect(try wait(top, first.newest, nil) == .reached)
        #expect(try marker(top).delivered >= first.newest)

        try await top.east.shape(ImpairmentRequest(passage: .cut))
        try top.awaitLink(false)
        try write(top)
        let second = try marker(top)
        #expect(second.newest > second.delivered)
        #expect(try wait(top, second.newest, .milliseconds(50)) == .timedOut)
        // The link's timer ends the pair; the marker is not reached any more.
        #expect(try wait(top, second.newest, nil) == .suspended)
        #expect(try top.east.ask(.journal(.marker([top.east.ldev(0)]))).isRefused(.wrongStatus))
    }

    @Test("only an asynchronous primary in a pair has markers")
    func refusals() throws {
        let top = try ArrayBenchtop(volumes: 3)
        try top.pair(.asynchronous, volumes: [0])
        try top.pair(.synchronous(.never), volumes: [1])
        let ask = { (array: TestArray, index: Int) in try array.ask(.journal(.marker([array.ldev(index)]))) }
        #expect(try ask(top.west, 0).isRefused(.notPrimary))
        #expect(try ask(top.east, 1).isRefused(.notSupported))
        #expect(try ask(top.east, 2).isRefused(.notPaired))
        #expect(try top.east.ask(.journal(.marker([LDEVNumber(0x7777)]))).isRefused(.noSuchVolume))
    }
}
