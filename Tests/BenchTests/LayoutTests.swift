// Does everything of a bench lie where the other programs expect it, and are the folders of others left alone?

import Bench
import Foundation
import Testing

@Suite struct LayoutTests {
    let layout = BenchLayout(root: "/var/tmp/b/")

    @Test func placesAreTheAgreedOnes() {
        #expect(layout.root == "/var/tmp/b")
        #expect(layout.configuration(of: "east") == "/var/tmp/b/arrays/east/configuration.json")
        #expect(layout.device(of: "00:12", array: "east") == "/var/tmp/b/arrays/east/dev/00-12")
        #expect(layout.commandDevice(of: "east") == "/var/tmp/b/arrays/east/command/cmd")
        #expect(layout.serviceProcessorSocket(of: "east") == "/var/tmp/b/arrays/east/sp.sock")
        #expect(layout.linkSocket("east-west") == "/var/tmp/b/links/east-west.sock")
        #expect(layout.commandDevice(serial: 30053) == "/var/tmp/b/command-devices/30053")
        #expect(layout.horcmFile(host: "h", instance: 3) == "/var/tmp/b/hosts/h/etc/horcm3.conf")
        #expect(layout.horcmSocket(host: "h", instance: 3) == "/var/tmp/b/hosts/h/HORCM/.uds/horcmd_03")
        #expect(layout.state(of: "east") == "/var/tmp/b/arrays/east/state")
    }

    @Test func theFolderIsNamedOrOneForEachUser() {
        #expect(BenchLayout.standard(environment: ["ARRAYBENCH_STATE": "/x"], user: 0).root == "/x")
        #expect(BenchLayout.standard(environment: [:], user: 0).root == "/var/tmp/arraybench")
        #expect(BenchLayout.standard(environment: ["ARRAYBENCH_STATE": ""], user: 7).root == "/var/tmp/arraybench-7")
    }

    @Test func aPathTooLongForASocketIsRefusedEarly() throws {
        let bench = try BenchFile.read(DefaultBench.yaml, file: "default")
        let longest = "/hosts/east/HORCM/.uds/horcmd_00".utf8.count
        let fits = BenchLayout(root: "/" + String(repeating: "d", count: 107 - longest - 1))
        try fits.checkSocketPaths(of: bench)
        let failure = #expect(throws: BenchFailure.self) {
            try BenchLayout(root: fits.root + "d").checkSocketPaths(of: bench)
        }
        #expect(failure?.message.hasSuffix("would have a path of 108 bytes; 107 are possible") == true)
    }

    @Test func foldersAreToldApart() throws {
        let root = NSTemporaryDirectory() + "/bench-layout-\(UUID())"
        let layout = BenchLayout(root: root)
        defer { try? FileManager.default.removeItem(atPath: root) }
        #expect(BenchFolder.inspect(layout) == .missing)
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        #expect(BenchFolder.inspect(layout) == .empty)
        try "x".write(toFile: layout.description, atomically: true, encoding: .utf8)
        #expect(BenchFolder.inspect(layout) == .bench)
        try "x".write(toFile: root + "/thesis.tex", atomically: true, encoding: .utf8)
        #expect(BenchFolder.inspect(layout) == .foreign("thesis.tex"))
        #expect(BenchFolder.inspect(BenchLayout(root: "/dev/null")) == .foreign("/dev/null"))
    }

    @Test func aStrangersFolderIsNeitherUsedNorRemoved() async throws {
        let root = NSTemporaryDirectory() + "/bench-foreign-\(UUID())"
        try FileManager.default.createDirectory(atPath: root + "/photos", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        let layout = BenchLayout(root: root)
        await #expect(throws: BenchFailure.self) { _ = try await Bench.up(layout, file: nil) }
        await #expect(throws: BenchFailure.self) { _ = try await Bench.down(layout, keeping: false) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: root) == ["photos"])
    }
}
