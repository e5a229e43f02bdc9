// What a history is made of, drawn once from its seed: not every history has every kind of fault, and those that have
// few kinds go deeper into them (swarm testing: Groce and others, ISSTA 2012).

internal import ReplicationCore

/// A family of histories.
package enum Profile: String, Sendable, CaseIterable {
    /// Every history draws what it is made of.
    case swarm
    /// Operators and hosts, no fault.
    case calm
    /// Links come and go, arrays stay.
    case links
    /// Arrays die and come back.
    case crashes
    /// Writes, applies and copies fail.
    case devices
    /// Pairs are deleted and made again.
    case deletes
    /// A machine crashes and boots again.
    case boots
    /// Several groups share a link.
    case groups
    /// Three arrays.
    case arrays
    /// Asynchronous groups with journals.
    case journals
    /// Pairs join their group while it runs.
    case joins
}

struct Swarm: Sendable {
    var shape: WorldShape
    var copiesData: Bool
    /// Percent of the steps that disturb the world instead of moving it on.
    var restlessness: Int
    /// Percent of the commands that are chosen without regard to what the pairs need.
    var folly: Int
    var discards: Int
    /// The longest write, in blocks.
    var longestWrite: Int
    // Weights of the kinds of disturbance.
    var commands: Int
    var repairs: Int
    var waits: Int
    var crashes: Int
    var cuts: Int
    var holes: Int
    var failingApplies: Int
    var failingCopies: Int
    /// In a thousand writes.
    var failingWrites: Int
    /// A crash of a machine, before which hosts flush and pages are written back.
    var boots: Int
    var deletes: Bool
    /// Volumes that are in no pair are taken into their group.
    var joins = false
    /// Weights of the kinds of step, for each side: slow disks, slow hosts, slow directions of the link.
    var paces: [StepWeights]

    struct StepWeights: Sendable {
        var start, advance, copy, pump, deliver, acknowledge: Int
        /// Fast, unless there are journals to be slow with.
        var restore = 20
    }

    init(_ profile: Profile, mode: ReplicationMode?, _ dice: inout Dice) {
        shape = Self.shape(profile, mode, &dice)
        copiesData = dice.chance(80)
        restlessness = dice.pick([1, 2, 3, 5])
        folly = dice.pick([10, 30, 60])
        discards = dice.pick([0, 10, 30])
        longestWrite = dice.pick([1, 3, 6, 9])
        func some(_ weights: [Int]) -> Int { dice.pick([0] + weights) }
        commands = dice.roll(3...9)
        repairs = dice.roll(4...9)
        waits = some([1, 2])
        crashes = some([1, 2, 4])
        cuts = some([1, 2, 4])
        holes = some([1, 3])
        failingApplies = some([1, 2])
        failingCopies = some([1, 2])
        failingWrites = some([3, 10])
        boots = dice.chance(6) ? 2 : 0
        deletes = dice.chance(8)
        paces = shape.groups.indices.flatMap { Side.both($0) }.map { _ in
            StepWeights(
                start: dice.roll(4...12), advance: dice.pick([5, 20, 40]), copy: dice.pick([5, 15, 30]),
                pump: dice.pick([4, 10, 20]), deliver: dice.pick([6, 20, 40]), acknowledge: dice.pick([2, 6, 12]))
        }
        if profile == .journals { drawJournals(&dice) }
        drawJoins(profile, dice)
        restrict(to: profile)
        if crashes + cuts + holes + failingApplies + failingCopies == 0, profile != .calm { cuts = 2 }
    }

    /// Most worlds have one group of two volumes between two arrays.
    private static func shape(_ profile: Profile, _ mode: ReplicationMode?, _ dice: inout Dice) -> WorldShape {
        var shape = WorldShape(mode: .asynchronous)
        let kind = dice.roll(100)
        switch profile {
        case .groups: shape.groups = severalGroups(&dice)
        case .arrays: shape.groups = threeArrays(&dice)
        case .swarm where kind < 7: shape.groups = severalGroups(&dice)
        case .swarm where kind < 12: shape.groups = threeArrays(&dice)
        case .journals where kind < 25: shape.groups = severalGroups(&dice)
        case .joins where kind < 15: shape.groups = severalGroups(&dice)
        case .swarm, .calm, .links, .crashes, .devices, .deletes, .boots, .journals, .joins: break
        }
        for group in shape.groups.indices {
            shape.groups[group].mode = mode ?? dice.pick(ReplicationMode.allCases)
            let volumes = shape.groups.count > 1 ? dice.roll(1...3) : dice.chance(90) ? 2 : dice.roll(3...4)
            let largest = shape.groups.count > 1 ? 24 : 40
            shape.groups[group].volumeBlocks = (0..<volumes).map { _ in dice.roll(5...largest) }
            shape.groups[group].slotCount = dice.pick([16, 16, 32, 64])
            shape.groups[group].ringBytes = dice.pick([18, 24, 48, 200]) * 1024
            shape.groups[group].copyPace = UInt8(dice.roll(1...2))
        }
        if dice.chance(3) { shape.volumeBlocks[0] = dice.roll(250...280) }
        return shape
    }

    /// Two or three groups between the same two arrays, in either direction.
    private static func severalGroups(_ dice: inout Dice) -> [GroupShape] {
        (0..<(dice.chance(75) ? 2 : 3)).map { _ in
            var group = GroupShape(mode: .asynchronous)
            if dice.chance(50) { (group.first, group.second) = (.b, .a) }
            return group
        }
    }

    /// A group between each two of three arrays, or between two of these pairs.
    private static func threeArrays(_ dice: inout Dice) -> [GroupShape] {
        var places: [(DiskArray, DiskArray)] = [(.a, .b), (.a, .c), (.b, .c)]
        if dice.chance(80) { places.remove(at: dice.roll(1...2)) }
        return places.map { place in
            var group = GroupShape(mode: .asynchronous)
            (group.first, group.second) = dice.chance(50) ? place : (place.1, place.0)
            return group
        }
    }

    /// Nearly all groups have journals; restores are quick, as slow as everything else, or hardly ever come to anything.
    private mutating func drawJournals(_ dice: inout Dice) {
        for group in shape.groups.indices where dice.chance(90) {
            shape.groups[group].mode = .asynchronous
            shape.groups[group].hasJournals = true
        }
        for index in paces.indices { paces[index].restore = dice.pick([1, 5, 20, 40]) }
        crashes = max(crashes, 2)
    }

    /// Some volumes are not in their group from its beginning, or the group is held. Drawn apart: histories without any of
    /// that are what they were before there was such a thing.
    private mutating func drawJoins(_ profile: Profile, _ others: Dice) {
        var others = others
        // With this factor the seeds that tests name draw none of it.
        var dice = Dice(seed: others.next() &* 5)
        switch profile {
        case .joins: joins = true
        case .swarm: joins = dice.chance(5)
        case .journals: joins = dice.chance(15)
        case .calm, .links, .crashes, .devices, .deletes, .boots, .groups, .arrays: return
        }
        for group in shape.groups.indices {
            if profile != .swarm, shape.groups[group].mode == .asynchronous, dice.chance(30) {
                shape.groups[group].hasJournals = true
            }
            if shape.groups[group].hasJournals, dice.chance(profile == .swarm ? 0 : 15) {
                shape.groups[group].startsHeld = true
            }
            guard joins else { continue }
            let volumes = shape.groups[group].volumeBlocks.count
            if volumes == 1 { shape.groups[group].volumeBlocks.append(dice.roll(5...24)) }
            // The first one is what the world's tests of writability look at.
            for volume in 1..<max(volumes, 2) where dice.chance(70) {
                shape.groups[group].lateVolumes.bits |= 1 << UInt8(volume)
            }
        }
        guard profile == .joins else { return }
        deletes = dice.chance(50)
        restlessness = dice.pick([2, 5, 10])
        for index in paces.indices { paces[index].pump = dice.pick([1, 4, 10]) }
    }

    private mutating func restrict(to profile: Profile) {
        switch profile {
        case .swarm: return
        case .calm:
            (crashes, cuts, holes, boots) = (0, 0, 0, 0)
            keepDevices()
        case .links:
            (crashes, cuts, boots) = (0, max(cuts, 2), 0)
            keepDevices()
        case .crashes:
            (crashes, cuts, holes) = (max(crashes, 3), 0, 0)
            keepDevices()
        case .devices:
            (crashes, cuts, holes, boots) = (0, 0, 0, 0)
            (failingApplies, failingCopies, failingWrites) = (2, 2, max(failingWrites, 5))
        case .deletes:
            deletes = true
        case .boots:
            boots = 4
        case .groups, .arrays, .journals, .joins: return
        }
    }

    private mutating func keepDevices() { (failingApplies, failingCopies, failingWrites) = (0, 0, 0) }
}
