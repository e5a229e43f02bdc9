// Does an instance answer anybody who does not have the key, or anything that was changed on its way?

import Foundation
import Platform
import RaidManager
import TestSupport
import Testing

@Suite(.serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason)) struct Strangers {
    @Test func onlyTheWholeDatagramOfSomebodyWithTheKeyIsAnswered() throws {
        let world = try MatrixWorld(.usual)
        defer { world.dispose() }
        let genuine = try Self.datagram(of: world)
        let stranger = try DatagramSocket(port: 0)
        let instance = try #require(world.ports["east"])

        for index in genuine.indices {
            var changed = genuine
            changed[index] ^= 1 << UInt8(index % 8)
            stranger.send(changed, to: instance)
            stranger.send(Array(genuine.prefix(index)), to: instance)
        }
        stranger.send(genuine + [0], to: instance)
        stranger.send(Array(genuine.dropLast(32)) + [UInt8](repeating: 0, count: 32), to: instance)
        stranger.send([UInt8](repeating: 0xFF, count: 60_000), to: instance)
        // What is answered first is the whole one, and the answer is that it was meant for another life.
        stranger.send(genuine, to: instance)
        let answer = try #require(stranger.receive())
        let read = try PartnerDatagram(decoding: Array(answer.dropLast(PartnerDatagram.authenticatorBytes)))
        #expect(read.kind == .introduction)
        #expect(stranger.receive(milliseconds: 300) == nil)
        #expect(world.instances["east"]?.isRunning == true)
    }

    /// What east's instance sends to its partner, in whose place the test listens.
    private static func datagram(of world: MatrixWorld) throws -> [UInt8] {
        world.instances["west"]?.kill()
        let partner = try DatagramSocket(port: #require(world.ports["west"]))
        let values = try #require(world.instances["east"]).values
        let command = NamedThread("asker") {
            guard let type = CommandRegistry.command(named: "pairdisplay") else { return }
            _ = CommandRunner.run(type, ["-g", MatrixWorld.group], host: MatrixHost(values))
        }
        defer { command.join() }
        return try #require(partner.receive())
    }
}

/// A UDP socket on the loopback interface.
private final class DatagramSocket {
    private let file: Int32

    init(port: UInt16) throws {
        file = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        let failure = unsafe Self.withAddress(port) { unsafe bind(file, $0, $1) }
        guard file >= 0, failure == 0 else { throw TestProblem("port \(port) cannot be bound: errno \(errno)") }
    }

    deinit { close(file) }

    func send(_ bytes: [UInt8], to port: UInt16) {
        unsafe Self.withAddress(port) { address, length in
            _ = unsafe sendto(file, bytes, bytes.count, 0, address, length)
            return 0
        }
    }

    /// nil: nothing came.
    func receive(milliseconds: Int32 = 10_000) -> [UInt8]? {
        var waiting = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&waiting, 1, milliseconds) > 0 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe recv(file, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer.prefix(count)) : nil
    }

    @discardableResult
    private static func withAddress(
        _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
