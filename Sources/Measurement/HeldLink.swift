// The link under the ladder's side-file rung: it holds everything back while the side file is measured, and lets it
// through in between.
//
// An array gives the memory of a side file back that was empty for two seconds; the next writes would then pay for new
// pages, which no busy pair does. So the memory is touched once, and between two runs one write is kept waiting in it.

internal import Bench

package struct HeldLink: Sendable {
    let bench: LadderBench
    let target: Target

    /// Writes that may be under way in a group, less some that wait already.
    /// - Source: `ArrayController.slotCount`: an asynchronous group has 32,768 slots.
    private static let writeLimit = 28_000

    /// How much a run may write before the side file has no room, or the group no slot: then writes would wait for the
    /// link, until the pair is suspended. Frames have headers, and a ring has a gap at its end.
    package static func byteLimit(_ job: FioJob, sideFileBytes: Int) -> Int {
        min(sideFileBytes / 10 * 8, writeLimit * job.blockBytes)
    }

    /// Once all of the side file's memory was used, the link holds.
    func begin() async throws(BenchFailure) {
        let job = FioJob(.write, blockBytes: 1 << 20, depth: 4)
        _ = try await target.load(
            job, bytes: bench.volumeBytes, seconds: 60, byteLimit: bench.sideFileBytes + bench.sideFileBytes / 8)
        try await drain()
        try await hold()
    }

    /// A run that ends with its time, or before the side file is full.
    func load(_ job: FioJob, seconds: Double) async throws(BenchFailure) -> FioFigures {
        let figures = try await target.load(
            job, bytes: bench.volumeBytes, seconds: seconds,
            byteLimit: Self.byteLimit(job, sideFileBytes: bench.sideFileBytes))
        try await drain()
        try await hold()
        return figures
    }

    private func drain() async throws(BenchFailure) {
        try await impair(.open)
        let array = ServiceProcessorClient(array: LadderBench.heldArray, layout: bench.layout)
        for _ in 0..<5000 {
            try Interruption.check()
            let pair = try await array.status().ldevs.first?.pair
            guard pair?.status == "paired" else {
                throw BenchFailure("the held pair is \(pair?.status ?? "gone")")
            }
            if pair?.sideFilePercent == 0 { return }
            try? await Task.sleep(for: .milliseconds(2))
        }
        throw BenchFailure("the side file does not drain")
    }

    private func hold() async throws(BenchFailure) {
        try await impair(.hole)
        let result = try await HostCommand.run(
            "dd", ["if=/dev/zero", "of=\(target.path)", "bs=4096", "count=1", "oflag=direct", "conv=notrunc"])
        guard result.status == 0 else { throw BenchFailure("cannot write to \(target.path): \(result.errors)") }
    }

    private func impair(_ passage: LinkPassage) async throws(BenchFailure) {
        var opened = try Bench.open(bench.layout, changing: true)
        try await opened.impair(link: LadderBench.heldLink, direction: nil, ImpairmentRequest(passage: passage))
    }
}
