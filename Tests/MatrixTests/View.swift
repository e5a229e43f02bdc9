// What can be seen of a world's pairs from its arrays: what a line changed is the difference of two views.

import CommandDevice
import Foundation
import RaidManager
import ReplicationCore

struct View: Equatable, Sendable {
    /// One for each side: volume and guards; nil for an array that is dead.
    private var sides: [Side?]

    private struct Side: Equatable, Sendable {
        var volume: VolumeSnapshot
        var guards: [GuardSnapshot]
    }

    init(_ world: MatrixWorld) {
        let places =
            world.kind == .local
            ? [(world.east, MatrixWorld.ldev), (world.east, MatrixWorld.localSecondary)]
            : [(world.east, MatrixWorld.ldev), (world.west, MatrixWorld.ldev)]
        sides = places.map { array, ldev in
            guard array.isRunning, var volume = try? array.volume(ldev), let guards = try? array.guards(ldev) else {
                return nil
            }
            // How far a copy is, and how full a side file, changes by itself.
            if volume.pair?.status == .copying {
                volume.pair?.cleanPercent = 0
                volume.pair?.markedTracks = 0
            }
            return Side(volume: volume, guards: guards)
        }
    }

    var isCopying: Bool {
        sides.contains { side in
            guard let volume = side?.volume else { return false }
            return volume.pair?.status == .copying
                || volume.localPairs.contains { [.copying, .restoring, .splitting].contains($0.status) }
        }
    }

    /// `P-VOL PSUS DATA W, S-VOL SSUS DATA`
    var text: String { sides.map { $0.map(Self.text) ?? "dead" }.joined(separator: ", ") }

    private static func text(_ side: Side) -> String {
        let volume = side.volume
        let facts =
            volume.localPairs.first.map { PairFacts($0, in: ArraySerial(30053)) } ?? volume.pair.map { PairFacts($0) }
        var words = facts.map { facts in
            [facts.attribute.rawValue, facts.word.rawValue] + (facts.fence.map { [$0.rawValue] } ?? [])
                + (facts.mark == "-" ? [] : [facts.mark]) + (facts.consistencyGroup.map { ["CTG \($0)"] } ?? [])
                + (facts.isUsable ? [] : ["unusable"]) + (volume.pair?.isFenced == true ? ["fenced"] : [])
        }
        for guarded in side.guards where !guarded.flags.isEmpty {
            let letters: [(GuardFlags, String)] = [
                (.inquiry, "I"), (.capacity, "C"), (.read, "R"), (.write, "W"), (.secondary, "S"),
            ]
            let found = letters.filter { guarded.flags.contains($0.0) }.map(\.1).joined(separator: "-")
            words = (words ?? ["SMPL"]) + ["guarded \(found)"]
        }
        return (words ?? ["SMPL"]).joined(separator: " ")
    }
}
