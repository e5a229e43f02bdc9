// Markers, timers and journals of asynchronous groups. This array has none that can be asked for.

internal import CommandDevice
internal import ReplicationCore

extension ArrayController {
    func answer(_ order: JournalOrder) -> ArrayReply { .refused(.notSupported, nil) }
}
