// What an array is made of, as values: its identity, volumes, links, timers and limits.

package import CommandDevice
package import LinkTransport
package import ReplicationCore

/// What an array is made of.
package struct ArrayPlan: Sendable {
    package struct Device: Sendable {
        package var ldev: LDEVNumber
        package var byteCount: UInt64
        package var path: VolumePath
        package init(ldev: LDEVNumber, byteCount: UInt64, path: VolumePath) {
            self.ldev = ldev
            self.byteCount = byteCount
            self.path = path
        }
    }
    /// A journal: a ring of frames on disk for one group.
    package struct Journal: Sendable {
        package var number: UInt8
        /// The volumes that it is said to consist of. No host reaches them.
        package var ldevs: [LDEVNumber]
        package var byteCount: UInt64
        package var highWaterPercent: Int
        package init(number: UInt8, ldevs: [LDEVNumber], byteCount: UInt64, highWaterPercent: Int) {
            self.number = number
            self.ldevs = ldevs
            self.byteCount = byteCount
            self.highWaterPercent = highWaterPercent
        }
    }
    package struct Port: Sendable {
        package var configuration: LinkConfiguration
        package var remoteName: String
        package var impairment: Impairment
        package init(configuration: LinkConfiguration, remoteName: String, impairment: Impairment) {
            self.configuration = configuration
            self.remoteName = remoteName
            self.impairment = impairment
        }
    }
    package var identity: ArrayIdentity
    package var mountPoint: String
    /// The command device has a session of its own: host writes that wait for room must not keep commands waiting.
    package var commandMountPoint: String
    package var devices: [Device]
    package var journals: [Journal]
    package var links: [Port]
    package var timers: ArrayTimers
    package var sideFile: SideFileLimits
    package var trackBytes: UInt32
    package var fuseThreads: Int
    package var clockRate: UInt32
    /// Bytes of the acknowledgement ledger, a power of two; nil for none.
    package var ledgerBytes: Int?
    package var administration: AdministrationPlan
    /// Called when volumes of this array became the ones that hosts work on, perhaps several times for one takeover.
    /// Must return at once.
    package var afterTakeover: (@Sendable ([LDEVNumber]) -> Void)?

    package init(
        identity: ArrayIdentity, mountPoint: String, commandMountPoint: String, devices: [Device],
        journals: [Journal] = [], links: [Port], timers: ArrayTimers,
        sideFile: SideFileLimits, trackBytes: UInt32, fuseThreads: Int, clockRate: UInt32,
        ledgerBytes: Int? = nil, administration: AdministrationPlan = AdministrationPlan(),
        afterTakeover: (@Sendable ([LDEVNumber]) -> Void)? = nil
    ) {
        self.identity = identity
        self.mountPoint = mountPoint
        self.commandMountPoint = commandMountPoint
        self.devices = devices
        self.journals = journals
        self.links = links
        self.timers = timers
        self.sideFile = sideFile
        self.trackBytes = trackBytes
        self.fuseThreads = fuseThreads
        self.clockRate = clockRate
        self.ledgerBytes = ledgerBytes
        self.administration = administration
        self.afterTakeover = afterTakeover
    }
}
