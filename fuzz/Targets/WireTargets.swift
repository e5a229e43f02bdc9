// The messages on command devices and on the sockets of instances. An input is the body of a message; the envelope around
// it - magic, version, kind, length, checksum - is put on, since bytes that have none are turned away at once. An input that
// begins with the envelope's magic is tried as it is, too.

internal import CommandDevice
internal import RaidManager
internal import ReplicationCore

/// A message that can be read and written.
private protocol Message: Hashable {
    init(decoding bytes: [UInt8]) throws(WireError)
    func encoded() -> [UInt8]
}
extension ArrayRequest: Message {}
extension ArrayReply: Message {}
extension InstanceRequest: Message {}
extension InstanceReply: Message {}

extension FuzzTarget {
    static let arrayRequest = target(
        "array-request", "what a host writes on a command device", ArrayRequest.identify, FuzzMessages.arrayRequests)
    static let arrayReply = target(
        "array-reply", "what a command device answers", ArrayReply.done, FuzzMessages.arrayReplies)
    static let instanceRequest = target(
        "instance-request", "what a command or a partner asks an instance", InstanceRequest.information,
        FuzzMessages.instanceRequests)
    static let instanceReply = target(
        "instance-reply", "what an instance answers", InstanceReply.done, FuzzMessages.instanceReplies)

    /// Not in `all`: whatever is accepted and no seed is a fault to it. Changes of seeds that never find one would show that
    /// they only ever try what is turned away.
    package static let canary = FuzzTarget(
        "canary", "array requests, of which a new one is a fault", seeds: arrayRequest.seeds,
        fault: { bytes in
            let message = FuzzEnvelope.around(bytes, like: ArrayRequest.identify.encoded())
            guard let request = try? ArrayRequest(decoding: message), !FuzzMessages.arrayRequests.contains(request)
            else { return nil }
            return "\(request) is new"
        })

    /// What is accepted comes back equal when it is written and read again, and no byte of it went unread.
    private static func target<M: Message & Sendable>(
        _ name: String, _ summary: String, _ sample: M, _ messages: [M]
    ) -> FuzzTarget {
        FuzzTarget(
            name, summary,
            seeds: {
                messages.map { FuzzSeed(FuzzEnvelope.body(of: $0.encoded()), of: "message") }
            },
            fault: { bytes in
                let wrapped = FuzzEnvelope.around(bytes, like: sample.encoded())
                return fault(M.self, wrapped, isWrapped: true) ?? fault(M.self, bytes, isWrapped: false)
            })
    }

    private static func fault<M: Message>(_ type: M.Type, _ bytes: [UInt8], isWrapped: Bool) -> String? {
        guard let message = try? M(decoding: bytes) else { return nil }
        let written = message.encoded()
        guard let again = try? M(decoding: written) else { return "\(message) is not read again" }
        guard again == message else { return "\(message) comes back as \(again)" }
        guard written.count == bytes.count || !isWrapped else {
            return "\(message) was read from \(bytes.count) bytes and has \(written.count)"
        }
        return nil
    }
}

enum FuzzEnvelope {
    private static let headerBytes = MessageEnvelope.headerBytes

    /// Magic, version and kind are those of `sample`.
    static func around(_ body: [UInt8], like sample: [UInt8]) -> [UInt8] {
        var writer = WireWriter(reserving: body.count + headerBytes + 4)
        writer.write(raw: Array(sample.prefix(8)))
        writer.write(UInt32(body.count))
        writer.write(raw: body)
        writer.write(Checksum.crc32c(writer.bytes))
        return writer.bytes
    }

    static func body(of message: [UInt8]) -> [UInt8] { Array(message.dropFirst(headerBytes).dropLast(4)) }
}
