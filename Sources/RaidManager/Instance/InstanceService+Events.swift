// What an instance tells of the changes that its monitor saw: pairmon's side of it.
//
// - Source: RAID Manager reference, sections 1.12 and 2.7.

internal import CommandDevice
internal import ReplicationCore

extension InstanceService {
    /// Nobody waits longer at a time: an asker that is gone must not be waited for.
    private static var waitMaximum: Span { .seconds(60) }

    func awaitEvent(_ filter: EventFilter, _ span: Span, for asker: Asker) throws(HorcmFailure) -> InstanceReply {
        try checkMonitor(asker)
        return .isThere(memory.awaitEvent(filter, for: min(span, Self.waitMaximum)))
    }

    func takeEvents(_ order: EventOrder, for asker: Asker) throws(HorcmFailure) -> InstanceReply {
        try checkMonitor(asker)
        return .events(memory.change { $0.events.take(order) })
    }

    /// - Throws: EX_ESTMON if HORCM_MON's poll is -1.
    private func checkMonitor(_ asker: Asker) throws(HorcmFailure) {
        guard asker == .command else { throw HorcmFailure(.unknownFunction) }
        guard configuration.monitor.poll != nil else { throw HorcmFailure(.monitorStopped) }
    }
}
