// What is looked at before a load begins: whether the targets are what they should be, and what they hold.

internal import CPlatform
internal import Platform

#if canImport(Glibc)
    internal import Glibc
#endif

enum LoadTargets {
    /// More than this is not read before a load; its contents before are then unknown.
    static let scanLimit: UInt64 = 4 << 30

    static func prepare(_ plan: LoadPlan, _ notes: inout [String]) throws(WorkloadFailure) -> [RecordHeader.Volume] {
        var volumes: [RecordHeader.Volume] = []
        var devices: [UInt64] = []
        for path in plan.targets {
            if unsafe access(path, F_OK) != 0 { try make(path, plan.create) }
            let file: BlockFile
            do { file = try BlockFile(path, writing: true) } catch { throw WorkloadFailure(error) }
            if file.isBlockDevice {
                guard !devices.contains(file.device) else { throw WorkloadFailure("\(path) is named twice") }
                devices.append(file.device)
            }
            if !file.isDirect { notes.append("\(path) does not do direct I/O: writes go through the page cache") }
            volumes.append(try region(file, plan))
        }
        return volumes
    }

    private static func make(_ path: String, _ size: UInt64?) throws(WorkloadFailure) {
        guard let size else {
            throw WorkloadFailure(
                "\(path) does not exist",
                remedy: "is the array up, the device attached? --create SIZE makes a plain file instead")
        }
        let file = unsafe arraybench_open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
        guard file >= 0 else { throw WorkloadFailure(SystemFailure("make", path, -file)) }
        defer { close(file) }
        let failure = posix_fallocate(file, 0, off_t(size))
        guard failure == 0 else {
            unsafe unlink(path)
            throw WorkloadFailure(SystemFailure("reserve \(size) bytes for", path, failure))
        }
    }

    private static func region(_ file: BlockFile, _ plan: LoadPlan) throws(WorkloadFailure) -> RecordHeader.Volume {
        let largest = UInt64(plan.largestBlock)
        guard file.size > plan.regionOffset, file.size - plan.regionOffset >= plan.regionLength ?? largest,
            plan.regionLength ?? largest >= largest
        else {
            throw WorkloadFailure(
                "\(file.path) (\(file.size) bytes) has no room for the region or for a block of \(largest) bytes")
        }
        guard plan.smallestBlock % file.unit == 0, plan.step % file.unit == 0 else {
            throw WorkloadFailure(
                "\(file.path) writes in units of \(file.unit) bytes",
                remedy: "use blocks and an alignment that are multiples of it")
        }
        let length = plan.regionLength ?? (file.size - plan.regionOffset) / 512 * 512
        return RecordHeader.Volume(
            path: file.path, size: file.size, regionOffset: plan.regionOffset, regionLength: length,
            before: try before(file, plan.regionOffset..<plan.regionOffset + length))
    }

    /// What the region holds now: without knowing it, a lost first write could not be told from damage.
    private static func before(
        _ file: BlockFile, _ extent: Range<UInt64>
    ) throws(WorkloadFailure) -> ContentsBefore {
        guard UInt64(extent.count) <= scanLimit else { return .unknown }
        var found = ContentsBefore.zero
        do throws(SystemFailure) {
            unsafe try scan(file, extent) { _, bytes in
                guard found != .other, unsafe !bytes.isZero else { return }
                for start in stride(from: 0, to: bytes.count, by: Stamp.sectorBytes) {
                    let sector = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<start + Stamp.sectorBytes])
                    switch unsafe SectorContents(sector) {
                    case .zero: continue
                    case .stamp: if found == .zero { found = .stamped }
                    case .broken, .otherVersion, .other: found = .other
                    }
                }
            }
        } catch { throw WorkloadFailure(error) }
        return found
    }

    /// A warning if the record lies on a target or beside one: it is to outlive the target's disk.
    static func shared(_ plan: LoadPlan) -> String? {
        var status = stat()
        guard unsafe stat(plan.record, &status) == 0 else { return nil }
        for path in plan.targets {
            if let file = try? BlockFile(path, writing: false), file.device == UInt64(status.st_dev) {
                return "the record is on the same disk as \(path): it may be lost together with it"
            }
        }
        return nil
    }
}
