// What an array says of itself through its command device, as one value.

package import ReplicationCore

/// An array as a host command sees it.
package struct ArrayIdentity: Hashable, Sendable {
    package var serial: ArraySerial
    /// The name under which the bench knows the array.
    package var name: String
    /// Micro-program version as the array reports it, such as `60-08-01/00`.
    package var microcode: String
    /// Cache size in MiB.
    package var cacheMebibytes: UInt32
    /// The LDEV number under which the command device itself is reported.
    package var commandDevice: LDEVNumber

    package init(
        serial: ArraySerial, name: String, microcode: String = "60-08-01/00", cacheMebibytes: UInt32 = 320_000,
        commandDevice: LDEVNumber = LDEVNumber(0xFEFE)
    ) {
        self.serial = serial
        self.name = name
        self.microcode = microcode
        self.cacheMebibytes = cacheMebibytes
        self.commandDevice = commandDevice
    }
}

extension ArrayIdentity {
    func write(to w: inout WireWriter) {
        w.write(serial.value)
        w.write(name)
        w.write(microcode)
        w.write(cacheMebibytes)
        w.write(commandDevice.value)
    }
    init(from r: inout WireReader) throws(WireError) {
        self.init(
            serial: ArraySerial(try r.read()), name: try r.readText(), microcode: try r.readText(),
            cacheMebibytes: try r.read(), commandDevice: LDEVNumber(try r.read()))
    }
}
