// Byte ranges of a volume and the tracks they touch. A track is the unit of difference: bitmaps have one bit for each.

/// A range of bytes on one volume.
package struct ByteExtent: Hashable, Sendable {
    /// First byte.
    package var offset: UInt64
    /// Number of bytes; may be 0.
    package var count: UInt64
    package init(offset: UInt64, count: UInt64) {
        self.offset = offset
        self.count = count
    }
    package var end: UInt64 { offset + count }
    package func overlaps(_ other: ByteExtent) -> Bool { offset < other.end && other.offset < end }
}

/// A run of tracks, `first ..< first + count`.
package struct TrackRange: Hashable, Sendable {
    package var first: Int
    package var count: Int
    package init(first: Int, count: Int) {
        self.first = first
        self.count = count
    }
    package var end: Int { first + count }
}

/// How a volume is divided into tracks. The last track may be short.
package struct TrackLayout: Hashable, Sendable {
    /// Bytes of the volume; at least 1.
    package let volumeBytes: UInt64
    /// Bytes of a track: a power of two, 4 KiB to 1 MiB.
    package let trackBytes: UInt32

    package static let smallestTrack: UInt32 = 4096
    /// A copied track travels in one frame, and several frames must fit the smallest side file.
    package static let largestTrack: UInt32 = 1 << 20
    package static let defaultTrack: UInt32 = 64 << 10

    package init(volumeBytes: UInt64, trackBytes: UInt32) {
        precondition(Self.isValid(trackBytes: trackBytes) && volumeBytes > 0)
        self.volumeBytes = volumeBytes
        self.trackBytes = trackBytes
    }

    package static func isValid(trackBytes: UInt32) -> Bool {
        trackBytes >= smallestTrack && trackBytes <= largestTrack && trackBytes & (trackBytes - 1) == 0
    }

    private var shift: UInt64 { UInt64(trackBytes.trailingZeroBitCount) }

    package var trackCount: Int { Int((volumeBytes + UInt64(trackBytes) - 1) >> shift) }

    /// The tracks that `extent` touches. An empty extent touches none.
    package func tracks(of extent: ByteExtent) -> TrackRange {
        guard extent.count > 0 else { return TrackRange(first: Int(extent.offset >> shift), count: 0) }
        let first = extent.offset >> shift
        let last = (extent.end - 1) >> shift
        return TrackRange(first: Int(first), count: Int(last - first) + 1)
    }

    /// The bytes of `tracks`, cut at the end of the volume.
    package func extent(of tracks: TrackRange) -> ByteExtent {
        let start = UInt64(tracks.first) << shift
        let end = min(UInt64(tracks.end) << shift, volumeBytes)
        return ByteExtent(offset: start, count: end - start)
    }
}
