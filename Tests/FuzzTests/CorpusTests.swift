// Does any way in trap, or take something by half, on what was ever found to be hostile, or on changes of it?
//
// The corpus is in `fuzz/corpus/<target>`: real inputs, and inputs that once failed. UPDATE_GOLDEN=1 writes the real ones anew.

import Foundation
import FuzzTargets
import TestSupport
import Testing

@Suite struct Corpus {
    private static let folder = Checkout.path("fuzz/corpus")

    private static func inputs(of target: FuzzTarget) throws -> [(name: String, bytes: [UInt8])] {
        let folder = "\(folder)/\(target.name)"
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { name in
            (name, [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))))
        }
    }

    @Test(arguments: FuzzTarget.all.map(\.name))
    func theCorpusHoldsEverySeed(_ name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        if GoldenFile.isRewritten {
            try FileManager.default.createDirectory(
                atPath: "\(Self.folder)/\(name)", withIntermediateDirectories: true)
            for seed in target.seeds() {
                try Data(seed.bytes).write(to: URL(fileURLWithPath: "\(Self.folder)/\(name)/\(seed.name)"))
            }
        }
        let known = Dictionary(uniqueKeysWithValues: try Self.inputs(of: target))
        for seed in target.seeds() { #expect(known[seed.name] == seed.bytes, "\(name)/\(seed.name)") }
    }

    @Test(arguments: FuzzTarget.all.map(\.name))
    func everyInputOfTheCorpusHolds(_ name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        for (file, bytes) in try Self.inputs(of: target) { #expect(target.fault(bytes) == nil, "\(name)/\(file)") }
    }

    /// The seeds are inputs that get far: a target that turned all away would find nothing.
    @Test(arguments: FuzzTarget.all.map(\.name))
    func seededChangesHold(_ name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        var mutator = FuzzMutator(seed: 20_260_101, corpus: try Self.inputs(of: target).map(\.bytes))
        for index in 0..<20_000 {
            let bytes = mutator.next()
            guard let fault = target.fault(bytes) else { continue }
            Issue.record("\(name), change \(index): \(fault)\n\(String(decoding: bytes, as: UTF8.self)) \(bytes)")
            return
        }
    }

    @Test func theCanaryIsFound() {
        var mutator = FuzzMutator(seed: 1, corpus: FuzzTarget.canary.seeds().map(\.bytes))
        #expect((0..<2000).contains { _ in FuzzTarget.canary.fault(mutator.next()) != nil })
    }
}
