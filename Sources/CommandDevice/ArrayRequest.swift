// What can be asked of an array through its command device. One request, one reply, in band: a client opens the command
// device, writes the request at offset 0 and reads the reply at offset 0; the read ends when the array has finished.
// What belongs to one subject only has an order or question of its own, with its layout beside it.

package import ReplicationCore

/// How a split leaves the two sides.
package enum SplitKind: UInt8, Hashable, Sendable, CaseIterable {
    /// The secondary stays read only.
    case secondaryReadOnly = 1
    /// The secondary's hosts may write; their writes are marked.
    case secondaryWritable = 2
    /// The secondary stays read only and the primary refuses its hosts' writes.
    case primaryWriteProtected = 3
}

package enum ArrayRequest: Hashable, Sendable {
    case identify
    /// Volumes of the selection from the given place in it on, at most `ArrayReply.volumesPerPage` of them.
    case volumes(VolumeSelection, from: UInt32 = 0)
    /// Asked of the array that is to hold the primaries.
    case create(CreationOrder)
    /// Asked of the primary's array. Comes back when everything written before is on the secondary, or the link failed.
    case split([LDEVNumber], SplitKind)
    /// Asked of the primary's array; nil keeps pace or mode. A change between synchronous and asynchronous is refused.
    case resynchronise([LDEVNumber], copyPace: UInt8?, fence: FencePolicy?)
    /// Asked of either array: the secondary becomes the primary and copies the union of both sides' marks.
    case swap([LDEVNumber], copyPace: UInt8?)
    /// Asked of the secondary's array: drain what is under way, then make the secondary writable.
    /// - Parameter timeoutSeconds: how long to wait for the drain; nil waits until it is done or the link fails.
    case takeOver([LDEVNumber], timeoutSeconds: UInt32?)
    /// Asked of the secondary's array: give a takeover up; the secondary's changes will be overwritten.
    case rollBackTakeover([LDEVNumber])
    /// Asked of the primary's array: hosts may write although the fence says no. The pair stays suspended by fault.
    case lowerFence([LDEVNumber])
    /// Deletes the pair: on both arrays, or, `localOnly`, here alone.
    case delete([LDEVNumber], localOnly: Bool)
    case inventory(InventoryQuestion)
    /// About pairs within the array.
    case local(LocalOrder)
    case journal(JournalOrder)
    case guards(GuardOrder)
    case administer(AdministrationOrder)
}

extension ArrayRequest {
    package func encoded() -> [UInt8] {
        var w = WireWriter()
        switch self {
        case .identify: w.write(UInt8(1))
        case .volumes(let selection, let from):
            w.write(UInt8(2))
            selection.write(to: &w)
            w.write(from)
        case .create(let order):
            w.write(UInt8(3))
            order.write(to: &w)
        case .split(let ldevs, let kind):
            w.write(UInt8(4))
            w.write(ldevs)
            w.write(kind.rawValue)
        case .resynchronise(let ldevs, let pace, let fence):
            w.write(UInt8(5))
            w.write(ldevs)
            w.write(optional: pace) { $0.write($1) }
            w.write(optional: fence) { $0.write($1.rawValue) }
        case .swap(let ldevs, let pace):
            w.write(UInt8(6))
            w.write(ldevs)
            w.write(optional: pace) { $0.write($1) }
        case .takeOver(let ldevs, let timeout):
            w.write(UInt8(7))
            w.write(ldevs)
            w.write(optional: timeout) { $0.write($1) }
        case .rollBackTakeover(let ldevs):
            w.write(UInt8(8))
            w.write(ldevs)
        case .lowerFence(let ldevs):
            w.write(UInt8(9))
            w.write(ldevs)
        case .delete(let ldevs, let localOnly):
            w.write(UInt8(10))
            w.write(ldevs)
            w.write(localOnly)
        case .inventory(let question):
            w.write(UInt8(11))
            question.write(to: &w)
        case .local(let order):
            w.write(UInt8(12))
            order.write(to: &w)
        case .journal(let order):
            w.write(UInt8(13))
            order.write(to: &w)
        case .guards(let order):
            w.write(UInt8(14))
            order.write(to: &w)
        case .administer(let order):
            w.write(UInt8(15))
            order.write(to: &w)
        }
        return CommandDeviceWire.seal(.request, w.bytes)
    }

    package init(decoding bytes: [UInt8]) throws(WireError) {
        var r = try CommandDeviceWire.open(.request, bytes)
        switch try r.read(UInt8.self) {
        case 1: self = .identify
        case 2: self = .volumes(try VolumeSelection(from: &r), from: try r.read())
        case 3: self = .create(try CreationOrder(from: &r))
        case 4: self = .split(try r.readLDEVs(), try SplitKind.read(from: &r, field: "split kind"))
        case 5:
            self = .resynchronise(
                try r.readLDEVs(),
                copyPace: try r.readOptional { (r) throws(WireError) in try r.read(UInt8.self) },
                fence: try r.readOptional { (r) throws(WireError) in try FencePolicy.read(from: &r, field: "fence") })
        case 6:
            self = .swap(
                try r.readLDEVs(), copyPace: try r.readOptional { (r) throws(WireError) in try r.read(UInt8.self) })
        case 7:
            self = .takeOver(
                try r.readLDEVs(),
                timeoutSeconds: try r.readOptional { (r) throws(WireError) in try r.read(UInt32.self) })
        case 8: self = .rollBackTakeover(try r.readLDEVs())
        case 9: self = .lowerFence(try r.readLDEVs())
        case 10: self = .delete(try r.readLDEVs(), localOnly: try r.readFlag())
        case 11: self = .inventory(try InventoryQuestion(from: &r))
        case 12: self = .local(try LocalOrder(from: &r))
        case 13: self = .journal(try JournalOrder(from: &r))
        case 14: self = .guards(try GuardOrder(from: &r))
        case 15: self = .administer(try AdministrationOrder(from: &r))
        case _: throw .unknownValue(field: "request")
        }
        try r.finish()
    }
}
