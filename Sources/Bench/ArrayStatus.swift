// What an array says of itself through its service processor. The words are the core's, not a vendor's; the keys of the
// JSON are the names of the properties here and are pinned by a test.

package import CommandDevice
package import ReplicationCore

package struct ArrayStatus: Codable, Hashable, Sendable {
    package var name: String
    package var serial: UInt64
    /// `running` from the array itself; the bench says `stopped` or `killed` of one that cannot answer.
    package var state: String
    package var ldevs: [LDEVStatus]
    package var links: [LinkEndStatus]
    package var version: String

    package init(
        name: String, serial: UInt64, state: String = "running", ldevs: [LDEVStatus], links: [LinkEndStatus],
        version: String = BenchVersion.text
    ) {
        self.name = name
        self.serial = serial
        self.state = state
        self.ldevs = ldevs
        self.links = links
        self.version = version
    }
}

package struct LDEVStatus: Codable, Hashable, Sendable {
    package var id: String
    /// Bytes.
    package var size: UInt64
    /// The file that presents the volume.
    package var device: String
    /// The loop device over it, if the bench attached one.
    package var blockDevice: String?
    package var port: String
    package var target: UInt16
    package var lun: UInt16
    /// The pair with another array.
    package var pair: PairReport?
    /// Pairs with volumes of the same array, by rising mirror.
    package var localPairs: [LocalPairReport]

    package init(
        id: String, size: UInt64, device: String, blockDevice: String? = nil, port: String, target: UInt16,
        lun: UInt16, pair: PairReport? = nil, localPairs: [LocalPairReport] = []
    ) {
        self.id = id
        self.size = size
        self.device = device
        self.blockDevice = blockDevice
        self.port = port
        self.target = target
        self.lun = lun
        self.pair = pair
        self.localPairs = localPairs
    }

    /// What is not there is null, not missing, so that a script may ask for every key.
    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(id, forKey: .id)
        try values.encode(size, forKey: .size)
        try values.encode(device, forKey: .device)
        try values.encode(blockDevice, forKey: .blockDevice)
        try values.encode(port, forKey: .port)
        try values.encode(target, forKey: .target)
        try values.encode(lun, forKey: .lun)
        try values.encode(pair, forKey: .pair)
        try values.encode(localPairs, forKey: .localPairs)
    }

    package init(_ volume: VolumeSnapshot) {
        self.init(
            id: volume.ldev.description, size: volume.byteCount, device: volume.device,
            blockDevice: volume.blockDevice, port: volume.path.port, target: volume.path.target,
            lun: volume.path.lun, pair: volume.pair.map(PairReport.init),
            localPairs: volume.localPairs.map(LocalPairReport.init))
    }
}

/// One side of a pair, as the array that holds it knows it.
package struct PairReport: Codable, Hashable, Sendable {
    package var group: String
    package var consistencyGroup: UInt8?
    /// `primary`, `secondary`.
    package var role: String
    /// `data`, `status`, `never` (synchronous) or `async`.
    package var mode: String
    /// `copying`, `paired`, `suspended by operator`, `suspended by fault`, `suspended by full side file`, `taken over`.
    package var status: String
    package var remoteSerial: UInt64
    package var remoteLDEV: String
    package var cleanPercent: UInt8
    package var markedTracks: UInt64
    package var trackCount: UInt64
    package var sideFilePercent: UInt8
    /// `read-write`, `read-only`.
    package var access: String
    package var isFenced: Bool
    package var isUsable: Bool
    package var isLinkUp: Bool
    package var copyPace: UInt8

    package init(_ pair: PairSnapshot) {
        group = pair.group.description
        consistencyGroup = pair.consistencyGroup
        role = pair.role == .primary ? "primary" : "secondary"
        mode = Self.word(pair.mode)
        status = Self.word(pair.status)
        remoteSerial = pair.remoteSerial.value
        remoteLDEV = pair.remoteLDEV.description
        cleanPercent = pair.cleanPercent
        markedTracks = pair.markedTracks
        trackCount = pair.trackCount
        sideFilePercent = pair.sideFilePercent
        access = pair.access == .readWrite ? "read-write" : "read-only"
        isFenced = pair.isFenced
        isUsable = pair.isUsable
        isLinkUp = pair.isLinkUp
        copyPace = pair.copyPace
    }

    package static func word(_ mode: ReplicationMode) -> String {
        switch mode {
        case .synchronous(.data): "data"
        case .synchronous(.status): "status"
        case .synchronous(.never): "never"
        case .asynchronous: "async"
        }
    }

    package static func word(_ status: PairStatus) -> String {
        switch status {
        case .copying: "copying"
        case .paired: "paired"
        case .suspended(.byOperator): "suspended by operator"
        case .suspended(.byFault): "suspended by fault"
        case .suspended(.sideFileFull): "suspended by full side file"
        case .takenOver: "taken over"
        }
    }
}

/// One end of a link.
package struct LinkEndStatus: Codable, Hashable, Sendable {
    package var name: String
    package var remoteName: String
    /// `up`, `down` (no connection) or `cut` (on purpose).
    package var state: String
    /// What is done to what this end sends.
    package var impairment: LinkImpairment
    package var bytesSent: UInt64
    package var bytesReceived: UInt64

    package init(
        name: String, remoteName: String, state: String, impairment: LinkImpairment = .none, bytesSent: UInt64 = 0,
        bytesReceived: UInt64 = 0
    ) {
        self.name = name
        self.remoteName = remoteName
        self.state = state
        self.impairment = impairment
        self.bytesSent = bytesSent
        self.bytesReceived = bytesReceived
    }
}

package enum BenchVersion {
    package static let text = "0.1.0"
}
