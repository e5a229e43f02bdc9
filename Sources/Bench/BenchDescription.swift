// A bench as its owner describes it: arrays, links between them, hosts with a RAID Manager instance each, and device
// groups that say which volumes belong together. Read from YAML (`BenchFile`), checked as a whole (`validated`).
// Nothing here says where the bench lives or which ports and processes it got: that is `BenchRecord`.

package import ReplicationCore

/// Where in a bench file something stands; lines and columns start at 1.
package struct FilePlace: Hashable, Sendable {
    package var line: Int
    package var column: Int
    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

package struct BenchDescription: Sendable {
    /// How many seconds pass on the bench's clocks in one second.
    package var clockRate: UInt32 = 1
    package var trackBytes: UInt32 = TrackLayout.defaultTrack
    package var arrays: [ArrayDescription] = []
    package var links: [LinkDescription] = []
    package var hosts: [HostDescription] = []
    package var groups: [GroupDescription] = []

    package init() {}

    package func array(named name: String) -> ArrayDescription? { arrays.first { $0.name == name } }
    package func host(named name: String) -> HostDescription? { hosts.first { $0.name == name } }
    /// Whether a group's pairs lie within one array: both hosts stand at it.
    package func isLocal(_ group: GroupDescription) -> Bool {
        guard let first = host(named: group.hosts.0), let second = host(named: group.hosts.1) else { return false }
        return first.array == second.array
    }
    /// The host whose folder is the machine's that `host` runs on: itself, or the one that it stands beside.
    package func machine(of host: HostDescription) -> String { host.beside ?? host.name }
    /// The hosts of a machine, in the order of the bench file.
    package func hosts(onMachine machine: String) -> [HostDescription] {
        hosts.filter { self.machine(of: $0) == machine }
    }
    package func link(named name: String) -> LinkDescription? { links.first { $0.name == name } }
}

package struct ArrayDescription: Sendable {
    package var name: String
    package var serial: UInt64
    package var microcode: String = "60-08-01/00"
    package var fuseThreads: Int = 4
    package var sideFile = SideFileConfiguration()
    /// Bytes of the acknowledgement ledger, a power of two; 0 for none.
    package var ledgerBytes = ArrayConfiguration.standardLedger
    package var timers = TimerConfiguration()
    package var ldevs: [LDEVDescription] = []
    /// Who may log in with raidcom.
    package var users = [UserConfiguration.standard]
    package var journals: [JournalDescription] = []
    package var place: FilePlace

    package func ldev(_ number: LDEVNumber) -> LDEVDescription? { ldevs.first { $0.number == number } }
}

package struct LDEVDescription: Sendable {
    package var number: LDEVNumber
    package var sizeBytes: UInt64
    package var port: String
    package var target: UInt16
    package var lun: UInt16
    /// The group of resources that it belongs to; nil for the one that every array has.
    package var resource: String?
    package var place: FilePlace
}

package struct JournalDescription: Sendable {
    package var number: UInt8
    package var ldevs: [LDEVNumber]
    package var sizeBytes: UInt64
    package var highWaterPercent: UInt8
    package var place: FilePlace
}

package struct LinkDescription: Sendable {
    package enum Kind: Hashable, Sendable {
        /// A Unix socket in the bench's folder.
        case unix
        /// TCP; nil lets the bench choose a free port on the loopback interface.
        case tcp(host: String, port: UInt16?)
    }

    package var name: String
    /// The first listens, the second connects.
    package var between: (String, String)
    package var kind: Kind
    package var allowsRemote: Bool
    package var place: FilePlace

    package func remote(of array: String) -> String? {
        array == between.0 ? between.1 : array == between.1 ? between.0 : nil
    }
}

package struct HostDescription: Sendable {
    package var name: String
    package var array: String
    /// The number of its RAID Manager instance.
    package var instance: UInt16
    /// UDP port of the instance; nil lets the bench choose.
    package var port: UInt16?
    /// A horcm<N>.conf of the owner's, absolute, that the host works with as it is; nil: the bench writes one.
    package var configuration: String?
    /// The host on whose machine this instance runs too: they share /etc, /HORCM and disks.
    package var beside: String?
    /// How that file names command devices, where it does not name them by their serial.
    package var commandDevices: [CommandDeviceAlias] = []
    package var place: FilePlace
}

/// A device file, or `\\.\IPCMD-<address>-<port>`, that leads to an array's command device on one host.
package struct CommandDeviceAlias: Hashable, Sendable {
    package var name: String
    package var array: String
    package init(name: String, array: String) {
        self.name = name
        self.array = array
    }

    /// `IPCMD-<address>-<port>`; nil for a device file.
    var networkName: String? { name.hasPrefix(#"\\.\"#) ? String(name.dropFirst(4)) : nil }
}

package struct GroupDescription: Sendable {
    package var name: String
    /// The two hosts, in the order of each pair's LDEVs.
    package var hosts: (String, String)
    package var pairs: [PairDescription]
    /// With it, the pairs are made when the bench starts for the first time, the first host's volumes being primary.
    package var mode: ReplicationMode?
    /// Local copies: the mirror unit, 0 to 2.
    package var mirror: UInt8?
    /// With fence async: the journals at the first host's array and at the second's.
    package var journals: JournalNumbers? = nil
    package var place: FilePlace

    /// The MU# of the group's lines in a horcm.conf.
    package var mirrorText: String { "\(mirror ?? 0)" }
}

package struct PairDescription: Sendable {
    package var name: String
    package var ldevs: (LDEVNumber, LDEVNumber)
    package var place: FilePlace
}

extension LDEVNumber {
    /// Whether an operator's text means this volume: `00:10`, `00-10` as in file names, decimal or `0x10`.
    func matches(_ text: String) -> Bool {
        LDEVNumber(parsing: text.replacing("-", with: ":")) == self
    }
}
