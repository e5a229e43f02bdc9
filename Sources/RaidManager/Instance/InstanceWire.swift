// The bytes between a command and its instance, and between two instances: bodies in a `MessageEnvelope`.

internal import CommandDevice
package import ReplicationCore

package enum InstanceWire {
    /// A body this long is damage: a page of volumes needs less than 60 kB, a creation of 4,096 pairs 20 kB.
    package static let largestMessage = 1 << 20
    package static let headerBytes = MessageEnvelope.headerBytes
    private static let envelope = MessageEnvelope(magic: 0x4D43_5248, version: 1)  // "HRCM" in memory

    enum Kind: UInt16 {
        case request = 1
        case reply = 2
    }

    /// The bytes that follow a header on a stream, or nil if it is no header.
    package static func restLength(ofHeader header: [UInt8]) -> Int? {
        envelope.restLength(ofHeader: header, limit: largestMessage)
    }

    static func seal(_ kind: Kind, _ body: [UInt8]) -> [UInt8] { envelope.seal(kind.rawValue, body) }

    static func open(_ kind: Kind, _ bytes: [UInt8]) throws(WireError) -> WireReader {
        try envelope.open(kind.rawValue, bytes)
    }
}

extension InstanceRequest {
    package func encoded() -> [UInt8] {
        var w = WireWriter()
        write(to: &w)
        return InstanceWire.seal(.request, w.bytes)
    }

    package init(decoding bytes: [UInt8]) throws(WireError) {
        var r = try InstanceWire.open(.request, bytes)
        self = try Self(from: &r, mayRelay: true)
        try r.finish()
    }

    private func write(to w: inout WireWriter) {
        switch self {
        case .information: w.write(UInt8(1))
        case .volumes(let target, let from):
            w.write(UInt8(2))
            target.write(to: &w)
            w.write(from)
        case .perform(let serial, let request):
            w.write(UInt8(3))
            w.write(serial.value)
            w.write(blob: request.encoded())
        case .relay(let group, let request):
            w.write(UInt8(4))
            w.write(group)
            request.write(to: &w)
        case .shutDown: w.write(UInt8(5))
        case .awaitEvent(let filter, let span):
            w.write(UInt8(6))
            filter.write(to: &w)
            w.write(span.nanoseconds)
        case .takeEvents(let order):
            w.write(UInt8(7))
            order.write(to: &w)
        case .control(let order):
            w.write(UInt8(8))
            order.write(to: &w)
        }
    }

    /// - Parameter mayRelay: a relayed request holds no further one.
    private init(from r: inout WireReader, mayRelay: Bool) throws(WireError) {
        switch try r.read(UInt8.self) {
        case 1: self = .information
        case 2: self = .volumes(try VolumeTarget(from: &r), from: try r.read())
        case 3: self = .perform(ArraySerial(try r.read()), try r.readArrayRequest())
        case 4 where mayRelay: self = .relay(group: try r.readText(), try Self(from: &r, mayRelay: false))
        case 5: self = .shutDown
        case 6: self = .awaitEvent(try EventFilter(from: &r), Span(nanoseconds: try r.read()))
        case 7: self = .takeEvents(try EventOrder(from: &r))
        case 8: self = .control(try InstanceControl(from: &r))
        case _: throw .unknownValue(field: "instance request")
        }
    }
}

extension InstanceReply {
    package func encoded() -> [UInt8] {
        var w = WireWriter()
        switch self {
        case .information(let information):
            w.write(UInt8(1))
            information.write(to: &w)
        case .volumes(let reports, let next):
            w.write(UInt8(2))
            w.write(each: reports) { $1.write(to: &$0) }
            w.write(optional: next) { $0.write($1) }
        case .array(let reply):
            w.write(UInt8(3))
            w.write(blob: reply.encoded())
        case .done: w.write(UInt8(4))
        case .failed(let failure):
            w.write(UInt8(5))
            w.write(failure.error.rawValue)
            w.write(each: failure.notes) { $0.write($1) }
        case .isThere(let isThere):
            w.write(UInt8(6))
            w.write(isThere)
        case .events(let events):
            w.write(UInt8(7))
            w.write(each: events) { $1.write(to: &$0) }
        case .replaced(let replacement):
            w.write(UInt8(8))
            w.write(replacement.before)
            w.write(replacement.after)
        }
        return InstanceWire.seal(.reply, w.bytes)
    }

    package init(decoding bytes: [UInt8]) throws(WireError) {
        var r = try InstanceWire.open(.reply, bytes)
        switch try r.read(UInt8.self) {
        case 1: self = .information(try InstanceInformation(from: &r))
        case 2:
            self = .volumes(
                try r.readEach { (r) throws(WireError) in try VolumeReport(from: &r) },
                next: try r.readOptional { (r) throws(WireError) in try r.read(UInt32.self) })
        case 3: self = .array(try r.readArrayReply())
        case 4: self = .done
        case 5:
            self = .failed(
                HorcmFailure(
                    try HorcmError.read(from: &r, field: "error"),
                    notes: try r.readEach { (r) throws(WireError) in try r.readText() }))
        case 6: self = .isThere(try r.readFlag())
        case 7: self = .events(try r.readEach { (r) throws(WireError) in try StatusEvent(from: &r) })
        case 8: self = .replaced(Replacement(try r.readText(), try r.readText()))
        case _: throw .unknownValue(field: "instance reply")
        }
        try r.finish()
    }
}
