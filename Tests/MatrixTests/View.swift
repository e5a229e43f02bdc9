// What can be seen of a world's pairs from its arrays: what a line changed is the difference of two views.

import CommandDevice
import Foundation
import RaidManager
import ReplicationCore

struct View: Equatable, Sendable {
    /// One for each side, with the group's volumes in order.
    private var sides: [[Volume?]]

    /// nil for one whose array is dead.
    fileprivate struct Volume: Equatable, Sendable {
        var snapshot: VolumeSnapshot
        var guards: [GuardSnapshot]
    }

    init(_ world: MatrixWorld) {
        let pairings = world.kind.pairings
        let places = [
            (world.east, pairings.map(\.local)), (world.kind.isLocal ? world.east : world.west, pairings.map(\.remote)),
        ]
        sides = places.map { array, ldevs in ldevs.map { Volume($0, of: array) } }
    }

    var isCopying: Bool {
        sides.joined().contains { volume in
            guard let snapshot = volume?.snapshot else { return false }
            return snapshot.pair?.status == .copying
                || snapshot.localPairs.contains { [.copying, .restoring, .splitting].contains($0.status) }
        }
    }

    /// `P-VOL PSUS DATA W, S-VOL SSUS DATA`; with two pairs `P-VOL PAIR DATA + P-VOL PSUS DATA, dead`.
    var text: String {
        sides.map { volumes in
            let texts = volumes.compactMap { $0?.text }
            return texts.isEmpty ? "dead" : texts.joined(separator: " + ")
        }.joined(separator: ", ")
    }
}

extension View.Volume {
    fileprivate init?(_ ldev: LDEVNumber, of array: MatrixArray) {
        guard array.isRunning, var volume = try? array.volume(ldev), let guards = try? array.guards(ldev) else {
            return nil
        }
        // How far a copy is, and how full what carries it, changes by itself.
        if volume.pair?.status == .copying {
            volume.pair?.cleanPercent = 0
            volume.pair?.markedTracks = 0
            volume.pair?.sideFilePercent = 0
            volume.pair?.journalPercent = 0
        }
        self.init(snapshot: volume, guards: guards)
    }

    fileprivate var text: String {
        let pair = snapshot.pair
        let facts =
            snapshot.localPairs.first.map { PairFacts($0, in: ArraySerial(30053)) } ?? pair.map { PairFacts($0) }
        var words = facts.map { facts in
            [facts.attribute.rawValue, facts.word.rawValue] + (facts.fence.map { [$0.rawValue] } ?? [])
                + (facts.mark == "-" ? [] : [facts.mark]) + (facts.consistencyGroup.map { ["CTG \($0)"] } ?? [])
                + (facts.journal.map { ["JID \($0)"] } ?? []) + (facts.isUsable ? [] : ["unusable"])
                + (pair?.isFenced == true ? ["fenced"] : [])
        }
        for guarded in guards where !guarded.flags.isEmpty {
            let letters: [(GuardFlags, String)] = [
                (.inquiry, "I"), (.capacity, "C"), (.read, "R"), (.write, "W"), (.secondary, "S"),
            ]
            let found = letters.filter { guarded.flags.contains($0.0) }.map(\.1).joined(separator: "-")
            words = (words ?? ["SMPL"]) + ["guarded \(found)"]
        }
        return (words ?? ["SMPL"]).joined(separator: " ")
    }
}
