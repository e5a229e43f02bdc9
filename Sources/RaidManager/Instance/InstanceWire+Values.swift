// The layouts of the values inside an instance's messages.

internal import CommandDevice
internal import ReplicationCore

extension WireWriter {
    /// A 32-bit count, then the bytes.
    mutating func write(blob bytes: [UInt8]) {
        write(UInt32(bytes.count))
        write(raw: bytes)
    }
}

extension WireReader {
    mutating func readBlob() throws(WireError) -> [UInt8] {
        let count = Int(try read(UInt32.self))
        return Array(try readRaw(count))
    }
}

/// A command device's messages within these. On a device other bytes may follow a message; here nothing may.
extension WireReader {
    mutating func readArrayRequest() throws(WireError) -> ArrayRequest {
        let bytes = try readBlob()
        let request = try ArrayRequest(decoding: bytes)
        guard request.encoded().count == bytes.count else { throw .trailingBytes }
        return request
    }

    mutating func readArrayReply() throws(WireError) -> ArrayReply {
        let bytes = try readBlob()
        let reply = try ArrayReply(decoding: bytes)
        guard reply.encoded().count == bytes.count else { throw .trailingBytes }
        return reply
    }
}

extension VolumeReport {
    func write(to w: inout WireWriter) {
        w.write(group)
        w.write(name)
        w.write(serial.value)
        w.write(mirror)
        w.write(optional: ldev) { $0.write($1.value) }
        w.write(optional: path) {
            $0.write($1.port)
            $0.write($1.target)
            $0.write($1.lun)
        }
        w.write(optional: deviceFile) { $0.write($1) }
        // The command device's own layout of a volume is the only one: it is carried as it stands.
        w.write(optional: snapshot) { $0.write(blob: ArrayReply.volumes([$1]).encoded()) }
    }

    init(from r: inout WireReader) throws(WireError) {
        self.init(
            group: try r.readText(), name: try r.readText(), serial: ArraySerial(try r.read()),
            mirror: try r.readText(),
            ldev: try r.readOptional { (r) throws(WireError) in LDEVNumber(try r.read()) },
            path: try r.readOptional { (r) throws(WireError) in
                VolumePath(port: try r.readText(), target: try r.read(), lun: try r.read())
            },
            deviceFile: try r.readOptional { (r) throws(WireError) in try r.readText() },
            snapshot: try r.readOptional { (r) throws(WireError) in
                guard case .volumes(let volumes, nil) = try r.readArrayReply(), let volume = volumes.first,
                    volumes.count == 1
                else { throw .unknownValue(field: "volume snapshot") }
                return volume
            })
    }
}

extension InstanceInformation {
    func write(to w: inout WireWriter) {
        w.write(optional: instance) { $0.write($1) }
        w.write(host)
        w.write(address)
        w.write(service)
        w.write(version)
        w.write(each: arrays) { $0.write(blob: ArrayReply.identity($1).encoded()) }
        w.write(each: commandDevices) { $0.write($1) }
        w.write(each: groups) {
            $0.write($1.name)
            $0.write($1.mirror)
            $0.write($1.address)
            $0.write($1.service)
        }
        w.write(isProtected)
    }

    init(from r: inout WireReader) throws(WireError) {
        self.init(
            instance: try r.readOptional { (r) throws(WireError) in try r.read(UInt16.self) },
            host: try r.readText(), address: try r.readText(), service: try r.readText(), version: try r.readText(),
            arrays: try r.readEach { (r) throws(WireError) in
                guard case .identity(let identity) = try ArrayReply(decoding: try r.readBlob()) else {
                    throw .unknownValue(field: "array identity")
                }
                return identity
            },
            commandDevices: try r.readEach { (r) throws(WireError) in try r.readText() },
            groups: try r.readEach { (r) throws(WireError) in
                Group(
                    name: try r.readText(), mirror: try r.readText(), address: try r.readText(),
                    service: try r.readText())
            }, isProtected: try r.readFlag())
    }
}
