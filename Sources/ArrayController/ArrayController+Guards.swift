// The guards of volumes. This array sets none.

internal import CommandDevice
internal import ReplicationCore

extension ArrayController {
    func answer(_ order: GuardOrder) -> ArrayReply { .refused(.notSupported, nil) }
}
