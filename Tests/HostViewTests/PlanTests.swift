// Is a host's view what its page says, step by step? The plan is a value: it is compared as text.

import Bench
import CommandDevice
import Foundation
import HostView
import TestSupport
import Testing

@Suite struct PlanTests {
    let layout = BenchLayout(root: "/var/tmp/b")
    let bench: BenchDescription

    init() throws { bench = try BenchFile.read(DefaultBench.yaml, file: "default") }

    private func plan(_ host: String, hasOwnUsers: Bool = false) throws -> MountPlan {
        HostViewPlan.make(
            for: try #require(bench.host(named: host)), in: bench, layout: layout,
            loops: ["00:11": DeviceNumber(major: 7, minor: 3)], hasOwnUsers: hasOwnUsers)
    }

    @Test(arguments: [("east", false, "plan-root"), ("west", true, "plan-user")])
    func planIsGolden(_ host: String, _ hasOwnUsers: Bool, _ file: String) throws {
        let text = try plan(host, hasOwnUsers: hasOwnUsers).text.replacing("\t", with: " ")
        #expect(GoldenFile.text("fixtures/hostview/\(file).txt", rewrittenAs: text) == text)
    }

    @Test func aPlanSurvivesItsText() throws {
        var odd = try plan("east", hasOwnUsers: true)
        odd.steps += [
            .link(at: "/a\tb", to: "c\\d\ne"), .bind("/ü ", at: "", isOptional: true), .devices(except: []),
            .node(at: "/dev/sdb", DeviceNumber(major: 259, minor: 1_048_575)), .tmpfs(at: "\\t"),
        ]
        #expect(MountPlan(parsing: odd.text) == odd)
    }

    @Test(arguments: ["", "host", "host\ta\nbind\tx\n", "host\ta\nnode\t/dev/sdb\t7\n", "users\n", "host\ta\nmount\n"])
    func whatIsNoPlanIsRefused(_ text: String) { #expect(MountPlan(parsing: text) == nil) }

    @Test func disksAreNamedAsLinuxNamesThem() {
        let names = [0, 1, 24, 25, 26, 50, 51, 700, 701].map { DeviceNames.disk($0) }
        #expect(
            names == [
                "/dev/sdb", "/dev/sdc", "/dev/sdz", "/dev/sdaa", "/dev/sdab", "/dev/sdaz", "/dev/sdba", "/dev/sdzz",
                "/dev/sdaaa",
            ])
        #expect(Set((0..<20_000).map { DeviceNames.disk($0) }).count == 20_000)
    }

    /// Files of a real host name command devices in their own way, and perhaps as the bench names a volume.
    @Test func commandDevicesHaveTheNamesOfTheOwnersFile() throws {
        var bench = bench
        bench.hosts[0].commandDevices = [
            CommandDeviceAlias(name: "/dev/sdb", array: "east"),
            CommandDeviceAlias(name: "/dev/rdsk/a/c1t0", array: "west"),
            CommandDeviceAlias(name: #"\\.\IPCMD-192.0.2.1-31001"#, array: "east"),
        ]
        let table = HostDisks.table(of: bench.hosts[0], in: bench, layout: layout)
        #expect(table.devices.map(\.name) == ["/dev/sdc", "/dev/sdd", "/dev/sdb", "/dev/rdsk/a/c1t0"])
        #expect(table.devices.map { "\($0.serial)" } == ["30053", "30053", "30053", "30054"])
        let steps = HostViewPlan.make(for: bench.hosts[0], in: bench, layout: layout, loops: [:], hasOwnUsers: false)
            .steps
        let nested = try #require(steps.firstIndex(of: .folder(at: "/dev/rdsk")))
        #expect(steps[nested + 1] == .folder(at: "/dev/rdsk/a"))
        #expect(steps[nested + 2] == .link(at: "/dev/rdsk/a/c1t0", to: "/var/tmp/b/arrays/west/command/cmd"))
        // Before the machine's own folders: what it has under that name hides ours, and is not written to.
        #expect(steps.firstIndex(of: .devices(except: ["disk", "block"])) == nested + 3)
        #expect(steps.last == .link(at: "/dev/sdb", to: "/var/tmp/b/arrays/east/command/cmd"))
    }

    @Test func theDeviceTableNamesVolumesAndTheCommandDevice() throws {
        let host = try #require(bench.host(named: "west"))
        #expect(
            HostDisks.table(of: host, in: bench, layout: layout).text == """
                # name kind serial ldev port target lun file
                /dev/sdb volume 30054 00:10 CL1-D 0 0 /var/tmp/b/arrays/west/dev/00-10
                /dev/sdc volume 30054 00:11 CL1-D 0 1 /var/tmp/b/arrays/west/dev/00-11
                /dev/sdd command 30054 00:12 CL1-D 0 2 /var/tmp/b/arrays/west/command/cmd

                """)
    }
}
