// Does a shaped link delay what goes through it, and only in the direction that was named?

import Bench
import Foundation
import TestSupport
import Testing

@Suite(.serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct ShapedLinkTests {
    @Test func latencyDelaysASynchronousWriteInTheNamedDirectionOnly() async throws {
        try await StoryBench.run { bench in
            try await bench.pair("data")
            let plain = fastestWrite(bench)
            try await bench.arraybench("link shape east-west --direction east-west --latency 20ms")
            var links = try await bench.status().links[0].directions
            #expect(links.map(\.impairment.latencyMicroseconds) == [20_000, 0])
            let there = fastestWrite(bench)
            #expect(there >= .milliseconds(15), "\(plain) before, \(there) with the way there delayed")
            #expect(there < .milliseconds(38), "the way back is not delayed")

            try await bench.arraybench("link shape east-west --latency 20ms")
            links = try await bench.status().links[0].directions
            #expect(links.map(\.impairment.latencyMicroseconds) == [20_000, 20_000])
            #expect(fastestWrite(bench) >= .milliseconds(35))

            try await bench.arraybench("link heal east-west")
            #expect(try await bench.status().links[0].directions.map(\.impairment.latencyMicroseconds) == [0, 0])
            try bench.expectEqualCopies()
        }
    }

    /// Of ten writes: a busy machine makes writes slower, never faster.
    private func fastestWrite(_ bench: StoryBench) -> Duration {
        let clock = ContinuousClock()
        return (0..<10).map { index in
            clock.measure {
                #expect(Disk.write(UInt8(index), at: index << 12, count: 4096, to: bench.device("east", "00:10")) == 0)
            }
        }.min() ?? .zero
    }
}
