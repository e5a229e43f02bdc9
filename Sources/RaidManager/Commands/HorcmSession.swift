// What a command needs from the world: its instance, a clock, two streams of text. The rest of a command is values, so
// that every screen and exit code can be had without a process.

package import CommandDevice
package import ReplicationCore

package protocol HorcmSession: AnyObject {
    /// Asks the local instance.
    /// - Throws: EX_ATTHOR if it does not run, EX_COMERR if it ends meanwhile. What the instance itself could not do
    ///   comes back as a reply.
    func ask(_ request: InstanceRequest) throws(HorcmFailure) -> InstanceReply
    /// The same, but for no longer than `limit`. What was asked goes on in the instance and in the array.
    /// - Returns: nil when the time is over.
    func ask(_ request: InstanceRequest, within limit: Span) throws(HorcmFailure) -> InstanceReply?
    /// Writes a line to stdout; `-nomsg` silences it.
    func show(_ line: String)
    /// Writes a line to stderr that is no failure's; `-nomsg` silences it.
    func showError(_ line: String)
    func sleep(_ span: Span)
    var now: Moment { get }
    /// The environment of the instance.
    var environment: InstanceEnvironment { get }
    /// The time of day, such as `13:45:25`.
    var clockText: String { get }
    /// The host that the command runs on, for what needs no instance.
    var machine: any HostMachine { get }
    /// The other instances that run on this host, in the order of their numbers. One that does not answer is left out.
    var neighbours: [InstanceInformation] { get }
}

/// One of the two instances of a group.
package enum Side: Hashable, Sendable, CaseIterable {
    case local
    case remote
}

extension HorcmSession {
    private func ask(
        _ request: InstanceRequest, at side: Side, group: String, within limit: Span? = nil
    ) throws(HorcmFailure) -> InstanceReply {
        let request = side == .local ? request : .relay(group: group, request)
        let reply: InstanceReply
        if let limit {
            guard let answer = try ask(request, within: limit) else { throw HorcmFailure(.waitTimedOut) }
            reply = answer
        } else {
            reply = try ask(request)
        }
        if case .failed(let failure) = reply { throw failure }
        return reply
    }

    package func information(at side: Side = .local, group: String = "") throws(HorcmFailure) -> InstanceInformation {
        guard case .information(let information) = try ask(.information, at: side, group: group) else {
            throw HorcmFailure(.invalidReturnCode)
        }
        return information
    }

    private func reports(
        _ target: VolumeTarget, at side: Side, group: String
    ) throws(HorcmFailure) -> [VolumeReport] {
        var reports: [VolumeReport] = []
        var from: UInt32? = 0
        while let place = from {
            guard case .volumes(let page, let next) = try ask(.volumes(target, from: place), at: side, group: group)
            else { throw HorcmFailure(.invalidReturnCode) }
            reports += page
            from = next.flatMap { $0 > place ? $0 : nil }
        }
        return reports
    }

    /// The target's volumes on this instance; at least one.
    package func localVolumes(_ target: VolumeTarget, _ mode: CopyMode) throws(HorcmFailure) -> [VolumeView] {
        let views = try reports(target, at: .local, group: "").map { VolumeView($0, mode, shown: target.shown) }
        guard !views.isEmpty else { throw HorcmFailure(.noSuchDeviceOrGroup) }
        return views
    }

    /// The partner's volumes of the same names.
    /// - Throws: EX_ENORMT if the partner does not answer, EX_CMDIOE if its array does not.
    package func pairs(of local: [VolumeView]) throws(HorcmFailure) -> [PairView] {
        guard let first = local.first else { return [] }
        let group = first.report.group
        let target: VolumeTarget = local.count == 1 ? .device(first.name, group: group) : .group(group)
        let remote = try reports(target, at: .remote, group: group)
        let byName = Dictionary(remote.map { ($0.name, $0) }) { first, _ in first }
        var pairs: [PairView] = []
        for view in local {
            guard let match = byName[view.name] else {
                throw HorcmFailure(
                    .noSuchDevice, "The partner has no volume \(view.name) in group \(group).")
            }
            pairs.append(PairView(local: view, remote: VolumeView(match, view.mode, shown: view.shown)))
        }
        return pairs
    }

    /// Has the array of `volumes`, which are all on one side, carry an order out. Nothing is asked for no volumes.
    /// - Throws: the array's refusal as RAID Manager tells it; EX_EWSTOT if it takes longer than `limit`: the array goes
    ///   on with it.
    package func perform(
        _ order: PairOrder, on volumes: [VolumeView], at side: Side, within limit: Span? = nil
    ) throws(HorcmFailure) {
        if let (refusal, ldev, serial) = try attempt(order, on: volumes, at: side, within: limit) {
            throw HorcmFailure(refusal, from: serial, ldev: ldev)
        }
    }

    /// The same, but the array's refusal is a value.
    package func attempt(
        _ order: PairOrder, on volumes: [VolumeView], at side: Side, within limit: Span? = nil
    ) throws(HorcmFailure) -> (Refusal, LDEVNumber?, ArraySerial)? {
        let end = limit.map { now + $0 }
        var serials: [ArraySerial] = []
        for volume in volumes where !serials.contains(volume.report.serial) { serials.append(volume.report.serial) }
        for serial in serials {
            let mine = volumes.filter { $0.report.serial == serial }
            let request = try order.request(mine[0].mode, for: mine)
            let left = end.map { $0.since(now) }
            let reply = try perform(request, of: serial, at: side, group: mine[0].report.group, within: left)
            switch reply {
            case .done: continue
            case .refused(let refusal, let ldev): return (refusal, ldev, serial)
            case .identity, .volumes, .inventory, .journal, .guards, .administration:
                throw HorcmFailure(.invalidReturnCode)
            }
        }
        return nil
    }

    /// Has one array answer a request through the instance of that side.
    package func perform(
        _ request: ArrayRequest, of serial: ArraySerial, at side: Side, group: String, within limit: Span? = nil
    ) throws(HorcmFailure) -> ArrayReply {
        guard
            case .array(let reply) = try ask(.perform(serial, request), at: side, group: group, within: limit)
        else { throw HorcmFailure(.invalidReturnCode) }
        return reply
    }
}
