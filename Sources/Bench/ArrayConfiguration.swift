// What one array is told when it starts: `arrays/<name>/configuration.json`, written by the bench, read by `arrayd`.
// Times are the real ones; `clockRate` says how much faster the array's clock runs. Sizes are bytes.

internal import Foundation
package import ReplicationCore

package struct ArrayConfiguration: Codable, Hashable, Sendable {
    package var name: String
    package var serial: UInt64
    package var microcode: String
    /// The array's own folder: NVRAM and volumes, nothing else. The array makes it.
    package var stateDirectory: String
    /// Where the array mounts its device files; the folder exists.
    package var mountPoint: String
    /// Where it mounts its command device, by itself: host writes that wait must not keep commands waiting.
    package var commandMountPoint: String
    package var serviceProcessorSocket: String
    /// The key that both ends of a link must know: 32 bytes.
    package var keyFile: String
    /// How many seconds pass on the array's clock in one second.
    package var clockRate: UInt32
    package var trackBytes: UInt32
    package var fuseThreads: Int
    package var sideFile: SideFileConfiguration
    package var timers: TimerConfiguration
    package var ldevs: [LDEVConfiguration]
    package var journals: [JournalConfiguration]
    package var links: [LinkConfiguration]
    /// Bytes of the acknowledgement ledger, a power of two; 0 for none.
    package var ledgerBytes: UInt64
    /// A program with its arguments to be run when volumes of this array became the ones that hosts work on; their
    /// LDEVs (`00:10,00:11`) are added as the last argument. Nil for none.
    package var afterTakeover: [String]?
    /// Nil: a standard user, one group of resources, no groups of volumes.
    package var administration: AdministrationConfiguration?

    package init(
        name: String, serial: UInt64, microcode: String = "60-08-01/00", stateDirectory: String, mountPoint: String,
        commandMountPoint: String,
        serviceProcessorSocket: String, keyFile: String, clockRate: UInt32 = 1,
        trackBytes: UInt32 = TrackLayout.defaultTrack, fuseThreads: Int = 4,
        sideFile: SideFileConfiguration = .init(), timers: TimerConfiguration = .init(),
        ldevs: [LDEVConfiguration], journals: [JournalConfiguration] = [], links: [LinkConfiguration],
        ledgerBytes: UInt64 = Self.standardLedger, afterTakeover: [String]? = nil,
        administration: AdministrationConfiguration? = nil
    ) {
        self.name = name
        self.serial = serial
        self.microcode = microcode
        self.stateDirectory = stateDirectory
        self.mountPoint = mountPoint
        self.commandMountPoint = commandMountPoint
        self.serviceProcessorSocket = serviceProcessorSocket
        self.keyFile = keyFile
        self.clockRate = clockRate
        self.trackBytes = trackBytes
        self.fuseThreads = fuseThreads
        self.sideFile = sideFile
        self.timers = timers
        self.ldevs = ldevs
        self.journals = journals
        self.links = links
        self.ledgerBytes = ledgerBytes
        self.afterTakeover = afterTakeover
        self.administration = administration
    }

    /// Bytes of a ledger if nobody says otherwise: a million writes of 4 KiB.
    package static let standardLedger: UInt64 = 64 << 20

    /// - Throws: a sentence with the file's name if it cannot be read or is not a configuration.
    package init(contentsOf path: String) throws(BenchFailure) {
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            self = try JSONDecoder().decode(Self.self, from: data)
        } catch {
            throw BenchFailure(
                "cannot read the array's configuration \(path): \(error)",
                remedy: "it is written by 'arraybench up'; start the bench again with it")
        }
    }

    /// The timers as the core wants them, on the bench's clock.
    package var arrayTimers: ArrayTimers {
        var real = ArrayTimers()
        real.linkTimeout = .seconds(timers.linkTimeoutSeconds)
        real.sideFileTimeout = .seconds(timers.sideFileTimeoutSeconds)
        real.journalTimeout = .seconds(timers.journalTimeoutSeconds)
        real.heartbeatTimeout = .seconds(timers.heartbeatTimeoutSeconds)
        real.heartbeatInterval = .seconds(timers.heartbeatIntervalSeconds)
        real.startGrace = .seconds(timers.startGraceSeconds)
        return real.shortened(by: clockRate)
    }

    package var sideFileLimits: SideFileLimits {
        var limits = SideFileLimits()
        limits.capacity = Int(sideFile.capacityBytes)
        limits.highWaterPercent = Int(sideFile.highWaterPercent)
        return limits
    }
}

package struct SideFileConfiguration: Codable, Hashable, Sendable {
    package var capacityBytes: UInt64
    package var highWaterPercent: UInt8
    package init(capacityBytes: UInt64 = 64 << 20, highWaterPercent: UInt8 = 30) {
        self.capacityBytes = capacityBytes
        self.highWaterPercent = highWaterPercent
    }
}

/// Real seconds, before the clock rate.
package struct TimerConfiguration: Codable, Hashable, Sendable {
    package var linkTimeoutSeconds: UInt64 = 300
    package var sideFileTimeoutSeconds: UInt64 = 90
    package var journalTimeoutSeconds: UInt64 = 60
    package var heartbeatTimeoutSeconds: UInt64 = 3
    package var heartbeatIntervalSeconds: UInt64 = 1
    package var startGraceSeconds: UInt64 = 10
    package init() {}
}

package struct LDEVConfiguration: Codable, Hashable, Sendable {
    /// `CU:LDEV`, such as `00:12`.
    package var id: String
    package var sizeBytes: UInt64
    /// `CL1-A`, or with a host group `CL1-A-3`.
    package var port: String
    package var target: UInt16
    package var lun: UInt16
    package init(id: String, sizeBytes: UInt64, port: String, target: UInt16, lun: UInt16) {
        self.id = id
        self.sizeBytes = sizeBytes
        self.port = port
        self.target = target
        self.lun = lun
    }
}

/// A journal: room on disk for the writes of one group that are on their way.
package struct JournalConfiguration: Codable, Hashable, Sendable {
    /// Of the whole journal, in percent: from this fill on its group is said to be full.
    package static let usualHighWater: UInt8 = 80
    package static let smallest: UInt64 = 16 << 20

    /// 0 to 255.
    package var id: UInt8
    /// `CU:LDEV` of each volume that the journal is said to consist of, at least one. No host reaches them.
    package var ldevs: [String]
    /// Of all of them together.
    package var sizeBytes: UInt64
    package var highWaterPercent: UInt8
    package init(id: UInt8, ldevs: [String], sizeBytes: UInt64, highWaterPercent: UInt8 = Self.usualHighWater) {
        self.id = id
        self.ldevs = ldevs
        self.sizeBytes = sizeBytes
        self.highWaterPercent = highWaterPercent
    }
}

/// One end of a link.
package struct LinkConfiguration: Codable, Hashable, Sendable {
    package enum End: String, Codable, Sendable { case listens, connects }

    package var name: String
    package var remoteName: String
    package var remoteSerial: UInt64
    package var end: End
    /// `unix:/path` or `tcp:host:port`.
    package var address: String
    /// Whether a listening end may be bound to an address that other machines reach.
    package var allowsRemote: Bool
    /// How what this end sends is treated from the start; nil is a perfect line.
    package var impairment: LinkImpairment?

    package init(
        name: String, remoteName: String, remoteSerial: UInt64, end: End, address: String, allowsRemote: Bool = false,
        impairment: LinkImpairment? = nil
    ) {
        self.name = name
        self.remoteName = remoteName
        self.remoteSerial = remoteSerial
        self.end = end
        self.address = address
        self.allowsRemote = allowsRemote
        self.impairment = impairment
    }
}
