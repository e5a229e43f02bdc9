// Pairs within the array. This array makes none.

internal import CommandDevice
internal import ReplicationCore

extension ArrayController {
    func answer(_ order: LocalOrder) -> ArrayReply { .refused(.notSupported, order.volumesNamed.first) }
}
