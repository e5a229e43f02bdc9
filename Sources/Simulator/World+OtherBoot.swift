// A crash of the whole machine that an array runs on, and what is on its disks then. Records are on the disk once they
// are stored, and so is what a host flushed. Everything else lies in the page cache, which is written back when nobody
// looks: blocks of volumes, and the lines of 64 bytes of mapped memory, each for itself.

internal import ReplicationCore

extension World {
    /// Bytes of mapped memory that reach the disk together.
    private static let lineBytes = 64

    /// A host flushes a volume: what it was told of it is on the disk. Marks need not be.
    mutating func flush(_ side: Side, _ volume: Int) -> Bool {
        guard self[side].isUp else { return false }
        note(side, "volume \(volume) is flushed")
        contents[side.group].flush(side, volume) { _ in true }
        return true
    }

    /// Some of what the array of `side` has in its page cache reaches its disks.
    mutating func writeBack(_ side: Side, seed: UInt32) {
        note(side, "the array's machine writes some pages back")
        for side in neighbours(of: side) { writeBackPages(side, seed) }
    }

    /// Volumes and memory apart: one may be far ahead of the other. What is drawn for one does not depend on which others
    /// there are, so that a shrunk world loses the same.
    private mutating func writeBackPages(_ side: Side, _ seed: UInt32) {
        for volume in shape(of: side).volumeBlocks.indices {
            var dice = Dice(seed: UInt64(seed) << 8 | UInt64(volume))
            let percent = dice.pick([0, 50, 100])
            contents[side.group].flush(side, volume) { _ in dice.chance(percent) }
        }
        var dice = Dice(seed: UInt64(seed) << 8 | 0xFF)
        let percent = dice.pick([0, 50, 100])
        let current = self[side].nvram.contents
        for line in stride(from: 0, to: current.count, by: Self.lineBytes) where dice.chance(percent) {
            let end = min(line + Self.lineBytes, current.count)
            self[side].durable.replaceSubrange(line..<end, with: current[line..<end])
        }
    }

    /// The memory of a side as it is now is on the disk.
    mutating func keepOnDisk(_ side: Side) { self[side].durable = self[side].nvram.contents }

    /// The machine of the array of `side` crashes and boots again; the array is down. Some pages got out at the last
    /// moment.
    mutating func crashMachine(_ side: Side, seed: UInt32) {
        note(side, "the array's machine crashes")
        if self[side].isUp { crash(side) } else { tally.faults += 1 }
        isWidespread = true
        hasRebooted = true
        for side in neighbours(of: side) {
            writeBackPages(side, seed)
            self[side].nvram.contents = self[side].durable
            if seed & 1 == 0 { farCaches[self[side].end] = nil }
            loseUnwritten(side)
        }
    }

    private mutating func loseUnwritten(_ side: Side) {
        self[side].isDistrusted = true
        ledgers[side.group].delivered[side.half] = nil
        self[side].isStale = true
        let record = self[side].stored.first
        for volume in shape(of: side).volumeBlocks.indices {
            contents[side.group].loseUnwritten(side, volume)
            self[side].isDoubtful[volume] = true
            // A copy that its hosts work on follows no order; it may be any mixture of it now.
            if record?.pairs[volume].status == .takenOver { ledgers[side.group].hostWrote(side, volume) }
        }
    }
}
