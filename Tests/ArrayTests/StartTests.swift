// Does an array that cannot start leave everything as it was, and does the next start know what this one knew?

import Bench
import CommandDevice
import Foundation
import Glibc
import Platform
import ReplicationCore
import TestSupport
import Testing

@Suite("starts that fail", .serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct StartTests {
    @Test("a damaged record is refused with a sentence, and the folder is untouched")
    func damagedRecord() throws {
        let top = try ArrayBenchtop()
        try top.pair(.synchronous(.never))
        top.east.stop()
        let record = try #require(try top.east.groupFile(".record"))
        let whole = try Data(contentsOf: URL(fileURLWithPath: record))
        var damaged = whole
        // In both places, so that no older record is left.
        for byte in [20, whole.count / 2 + 20] { damaged[byte] ^= 0xFF }
        try damaged.write(to: URL(fileURLWithPath: record))
        let before = try top.east.stateFiles()
        #expect(throws: TestProblem.self) { try top.east.start() }
        #expect(top.east.log.contains("is damaged"))
        #expect(try top.east.stateFiles() == before)
        try whole.write(to: URL(fileURLWithPath: record))
        try top.east.start()
        try top.awaitLink(true)
        #expect(top.east.status() == .paired)
    }

    /// The folder must go on looking like that of the other boot until every group has noted that it was one.
    @Test("after a crash of the machine, a start that fails does not make the next one trust its memory")
    func failedStartAfterACrash() throws {
        let top = try ArrayBenchtop()
        try top.pair(.synchronous(.never))
        for array in [top.east, top.west] { array.kill() }
        try Data("another boot\n".utf8).write(to: URL(fileURLWithPath: top.east.configuration.stateDirectory + "/boot"))
        let memory = try #require(try top.east.groupFile(".memory"))
        try FileManager.default.moveItem(atPath: memory, toPath: memory + ".away")
        #expect(throws: TestProblem.self) { try top.east.start() }
        try FileManager.default.moveItem(atPath: memory + ".away", toPath: memory)
        try top.east.start()
        try top.west.start()
        #expect(top.east.status() == .suspended(.byFault))
        #expect(try top.east.pair().markedTracks == top.east.pair().trackCount)
        try top.recoverPair()
        #expect(try top.copiesAreEqual())
    }

    @Test("a pair's volume that is missing is refused, not replaced by an empty one")
    func missingVolume() throws {
        let top = try ArrayBenchtop()
        try top.pair(.synchronous(.never))
        top.east.stop()
        let folder = top.east.configuration.stateDirectory + "/volumes"
        let file = folder + "/" + (try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first))
        try FileManager.default.moveItem(atPath: file, toPath: file + ".away")
        #expect(throws: TestProblem.self) { try top.east.start() }
        #expect(!FileManager.default.fileExists(atPath: file))
        try FileManager.default.moveItem(atPath: file + ".away", toPath: file)
        try top.east.start()
    }

    @Test("an array whose link port is taken leaves no mount and no socket behind")
    func takenPort() throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        let port = try #require(Self.listenSomewhere(socket))
        let top = try ArrayBenchtop()
        top.east.stop()
        var configuration = top.east.configuration
        configuration.links[0].address = "tcp:127.0.0.1:\(port)"
        let east = TestArray(configuration, top.layout)
        #expect(throws: TestProblem.self) { try east.start() }
        #expect(east.log.contains("cannot listen on"))
        let mounts = ProcFile.text("/proc/self/mountinfo")
        #expect(!mounts.contains(configuration.mountPoint) && !mounts.contains(configuration.commandMountPoint))
        #expect(!FileManager.default.fileExists(atPath: configuration.serviceProcessorSocket))
        try top.east.start()
    }

    private static func listenSomewhere(_ socket: Int32) -> UInt16? {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(socket, $0, size) == 0 && listen(socket, 1) == 0 && getsockname(socket, $0, &size) == 0
            }
        }
        return isBound ? UInt16(bigEndian: address.sin_port) : nil
    }
}

extension TestArray {
    /// The one group's file with this ending.
    func groupFile(_ suffix: String) throws -> String? {
        let folder = configuration.stateDirectory + "/groups"
        return try FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasSuffix(suffix) }
            .map { folder + "/" + $0 }
    }

    /// Every file of the state folder with its bytes.
    func stateFiles() throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: configuration.stateDirectory) {
            files[name] = FileManager.default.contents(atPath: configuration.stateDirectory + "/" + name) ?? Data()
        }
        return files
    }
}
