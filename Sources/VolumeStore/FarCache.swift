// The part of NVRAM where frames from the other array arrive: the receive region of a link, and in front of it the
// note of the one frame that is being applied. A process killed in the middle of applying it left half a write on the
// volume; at the restart the whole frame is still here and is applied again, so that the secondary is always a prefix
// of the order, never a torn write after it.
//
//   0  magic "ABFC" 4 · version 2 · reserved 2     8  valid 8 (the sequence number, stored last; 0 = none)
//  16  group 8 · offset 8 · extent bytes 8         40  LDEV 2 · kind 2 · payload bytes 4 · payload position 8
//  4096  the receive region

package import Platform
package import ReplicationCore
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// A frame that was being applied when the process ended.
@safe package struct UnfinishedFrame: @unchecked Sendable {
    package var group: GroupIdentifier
    package var sequence: SequenceNumber
    package var kind: FrameKind
    package var ldev: LDEVNumber
    package var extent: ByteExtent
    package var payload: UnsafeRawBufferPointer
}

/// The far cache of one link.
///
/// **Threads**: the link's receive thread alone.
@safe package final class FarCache: Sendable {
    private let mapping: MappedFile
    private static let magic: UInt32 = 0x4346_4241
    private static let version: UInt16 = 1
    private static let regionAt = 4096

    package init(path: String, regionBytes: Int) throws(SystemFailure) {
        mapping = try MappedFile(path: path, count: Self.regionAt + regionBytes)
        let view = unsafe UnsafeRawBufferPointer(mapping.bytes)
        // A process killed while it made the file left it empty.
        if unsafe view.loadLittleEndian(UInt64.self, at: 0) == 0 {
            unsafe mapping.bytes.storeLittleEndian(UInt64(Self.version) << 32 | UInt64(Self.magic), at: 0)
        } else if unsafe view.loadLittleEndian(UInt32.self, at: 0) != Self.magic
            || view.loadLittleEndian(UInt16.self, at: 4) != Self.version
        {
            throw SystemFailure("use (not a far cache of this version)", path, EINVAL)
        }
    }

    /// Where frames arrive.
    package var region: UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(rebasing: mapping.bytes[Self.regionAt...])
    }

    /// Notes the frame that is applied next. `payload` lies in `region`. // hot
    package func begin(_ header: FrameHeader, ldev: LDEVNumber, payload: UnsafeRawBufferPointer) {
        let bytes = unsafe mapping.bytes
        let position =
            unsafe payload.isEmpty ? 0 : payload.baseAddress! - UnsafeRawPointer(mapping.bytes.baseAddress!)
        unsafe bytes.storeLittleEndian(header.group.value, at: 16)
        unsafe bytes.storeLittleEndian(header.offset, at: 24)
        unsafe bytes.storeLittleEndian(header.extentBytes, at: 32)
        unsafe bytes.storeLittleEndian(ldev.value, at: 40)
        unsafe bytes.storeLittleEndian(header.kind.rawValue, at: 42)
        unsafe bytes.storeLittleEndian(UInt32(payload.count), at: 44)
        unsafe bytes.storeLittleEndian(UInt64(position), at: 48)
        atomicMemoryFence(ordering: .releasing)
        unsafe bytes.storeLittleEndian(header.sequence.value, at: 8)
        atomicMemoryFence(ordering: .releasing)
    }

    /// The frame is on the volume and counted as applied. // hot
    package func end() {
        atomicMemoryFence(ordering: .releasing)
        unsafe mapping.bytes.storeLittleEndian(UInt64(0), at: 8)
    }

    /// What a killed process left half done; nil if nothing.
    package func unfinished() -> UnfinishedFrame? {
        let view = unsafe UnsafeRawBufferPointer(mapping.bytes)
        let sequence = unsafe view.loadLittleEndian(UInt64.self, at: 8)
        guard sequence != 0, let kind = FrameKind(rawValue: unsafe view.loadLittleEndian(UInt16.self, at: 42)) else {
            return nil
        }
        let extent = unsafe ByteExtent(
            offset: view.loadLittleEndian(UInt64.self, at: 24), count: view.loadLittleEndian(UInt64.self, at: 32))
        let count = unsafe Int(view.loadLittleEndian(UInt32.self, at: 44))
        guard !extent.offset.addingReportingOverflow(extent.count).overflow, kind == .zero || extent.count == count,
            let position = unsafe payloadPosition(view.loadLittleEndian(UInt64.self, at: 48), count)
        else { return nil }
        return unsafe UnfinishedFrame(
            group: GroupIdentifier(view.loadLittleEndian(UInt64.self, at: 16)), sequence: SequenceNumber(sequence),
            kind: kind, ldev: LDEVNumber(view.loadLittleEndian(UInt16.self, at: 40)), extent: extent,
            payload: UnsafeRawBufferPointer(rebasing: view[position..<position + count]))
    }

    /// Where a payload of `count` bytes lies; nil if that is not in the region.
    private func payloadPosition(_ noted: UInt64, _ count: Int) -> Int? {
        if count == 0 { return Self.regionAt }
        let last = unsafe mapping.bytes.count - count
        guard noted >= UInt64(Self.regionAt), noted <= UInt64(max(last, 0)) else { return nil }
        return Int(noted)
    }
}
