// Users and resources. This array knows none.

internal import CommandDevice
internal import ReplicationCore

extension ArrayController {
    func answer(_ order: AdministrationOrder) -> ArrayReply { .refused(.notSupported, nil) }
}
