// Does a good bench file say what it says, and does every bad one get a message with its place and a way out?

import Bench
import Foundation
import ReplicationCore
import Testing

@Suite struct BenchFileTests {
    @Test func theDefaultBenchIsTheOneThatIsPromised() throws {
        let bench = try BenchFile.read(DefaultBench.yaml, file: "default")
        #expect(bench.arrays.map(\.name) == ["east", "west"])
        #expect(bench.arrays.map(\.serial) == [30053, 30054])
        #expect(bench.arrays.flatMap(\.ldevs).map(\.sizeBytes) == [1 << 30, 1 << 30, 1 << 30, 1 << 30])
        #expect(bench.arrays[0].ldevs.map(\.number.description) == ["00:10", "00:11"])
        #expect(bench.arrays[0].ldevs.map(\.lun) == [0, 1])
        #expect(bench.links.map(\.name) == ["east-west"])
        #expect(bench.hosts.map(\.instance) == [0, 1])
        #expect(bench.groups.map(\.name) == ["oradb"])
        #expect(bench.groups[0].pairs.map(\.name) == ["dev1", "dev2"])
        #expect(bench.clockRate == 1)
    }

    @Test func everyKeyIsRead() throws {
        let bench = try BenchFile.read(
            """
            clock: 60x
            track: 256KiB
            arrays:
              - name: a
                serial: 1
                microcode: 70-06-00/01
                threads: 6
                side-file: { capacity: 16MiB, high-water: 40% }
                timers: { link: 2m, side-file: 30s, journal: 40s, heartbeat: 6, heartbeat-interval: 2s, start-grace: 20s }
                users: [{ name: ops@site, password: "a,b.c-9" }, { name: maintenance, password: raid-mainte }]
                ldevs: [{ id: 0x210, size: 8MiB, count: 3, port: CL2-B-1, target: 4, lun: 7, resource: prod }]
                journals:
                  - { id: 0, ldevs: [00:F0], size: 16MiB }
                  - { id: 255, ldevs: [00:F1, 0xF2, 243], size: 1GiB, high-water: 60% }
              - { name: b, serial: 2, ldevs: [{ id: 528, size: 8M }], journals: [{ id: 3, ldevs: [1], size: 16M }] }
            links: [{ name: wire, between: [a, b], kind: tcp, address: "127.0.0.1:7001", allow-remote: no }]
            hosts: [{ name: h, array: a, instance: 5, port: 11005 }, { name: i, array: b, instance: 6 }]
            groups: [{ name: g, hosts: [h, i], fence: async, journals: [255, 3], pairs: [{ name: p, ldevs: [02:10, 02:10] }] }]
            """, file: "x")
        let a = bench.arrays[0]
        #expect(bench.clockRate == 60 && bench.trackBytes == 256 << 10)
        #expect(a.microcode == "70-06-00/01" && a.fuseThreads == 6)
        #expect(a.sideFile == SideFileConfiguration(capacityBytes: 16 << 20, highWaterPercent: 40))
        #expect(a.timers.linkTimeoutSeconds == 120 && a.timers.sideFileTimeoutSeconds == 30)
        #expect(a.timers.journalTimeoutSeconds == 40)
        #expect(a.journals.map(\.number) == [0, 255] && a.journals.map(\.highWaterPercent) == [80, 60])
        #expect(a.journals.map(\.sizeBytes) == [16 << 20, 1 << 30])
        #expect(a.journals.map { $0.ldevs.map(\.value) } == [[0xF0], [0xF1, 0xF2, 0xF3]])
        #expect(a.timers.heartbeatTimeoutSeconds == 6 && a.timers.heartbeatIntervalSeconds == 2)
        #expect(a.timers.startGraceSeconds == 20)
        #expect(
            a.ldevs.map { "\($0.number) \($0.port) \($0.target) \($0.lun)" } == [
                "02:10 CL2-B-1 4 7", "02:11 CL2-B-1 4 8", "02:12 CL2-B-1 4 9",
            ])
        #expect(bench.arrays[1].ldevs[0].number == LDEVNumber(0x210))
        #expect(a.users.map(\.name) == ["ops@site", "maintenance"] && a.users[0].password == "a,b.c-9")
        #expect(bench.arrays[1].users == [.standard])
        #expect(a.ldevs.map(\.resource) == ["prod", "prod", "prod"] && bench.arrays[1].ldevs[0].resource == nil)
        #expect(bench.links[0].kind == .tcp(host: "127.0.0.1", port: 7001))
        #expect(bench.hosts.map(\.port) == [11005, nil])
        #expect(bench.groups[0].mode == .asynchronous)
        #expect(bench.groups[0].journals == JournalNumbers(local: 255, remote: 3))
    }

    @Test func anArrayKnowsItsHalfOfEveryGroup() throws {
        let local =
            Self.good + """

                  - { name: copies, hosts: [h0, h2], mirror: 1, pairs: [{ name: dev1, ldevs: [00:10, 00:11] }] }
                """
        let yaml = local.replacing(
            "array: west, instance: 1 }", with: "array: west, instance: 1 }\n  - { name: h2, array: east, instance: 2 }"
        )
        let bench = try BenchFile.read(yaml, file: "x")
        let (east, west) = (bench.administration(of: bench.arrays[0]), bench.administration(of: bench.arrays[1]))
        #expect(east.deviceGroups.map(\.name) == ["oradbP", "copiesP", "copiesS"])
        #expect(east.deviceGroups.map { $0.members.map(\.ldev) } == [["00:10"], ["00:10"], ["00:11"]])
        #expect(east.copyGroups.map(\.name) == ["oradb", "copies", "copies"])
        #expect(east.copyGroups.map(\.mirror) == [nil, 1, 1])
        #expect(west.deviceGroups.map(\.name) == ["oradbS"] && west.copyGroups.map(\.deviceGroup) == ["oradbS"])
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var change: (from: String, to: String)
        var message: String
        var testDescription: String { change.to }
    }

    static let good = """
        clock: 1x
        arrays:
          - name: east
            serial: 30053
            ldevs:
              - { id: 00:10, size: 1MiB, count: 2 }
          - name: west
            serial: 30054
            ldevs:
              - { id: 00:10, size: 1MiB, count: 2 }
        links:
          - { name: wire, between: [east, west], kind: unix }
        hosts:
          - { name: h0, array: east, instance: 0 }
          - { name: h1, array: west, instance: 1 }
        groups:
          - name: oradb
            hosts: [h0, h1]
            fence: data
            pairs:
              - { name: dev1, ldevs: [00:10, 00:10] }
        """

    static let bad: [Bad] = [
        Bad(
            change: ("serial: 30053", "serial: 30053\n    users: [{ name: ops, password: short }]"),
            message: "bench.yaml:5:36: 'short' cannot be the password of a user\n"
                + "  use 6 to 63 letters, digits and ,-.@_:/"),
        Bad(
            change: (
                "serial: 30053",
                "serial: 30053\n    users: [{ name: a, password: abcdef }, { name: a, password: ghijkl }]"
            ), message: "bench.yaml:3:5: array east has two users a"),
        Bad(
            change: ("arrays:", "arrays: ["),
            message: "bench.yaml:3:3: this is not YAML: did not find expected node content\n"
                + "  look at the quotes, brackets and the indentation (spaces, never tabs) there"),
        Bad(
            change: ("clock: 1x", "clok: 1x"),
            message: "bench.yaml:1:1: unknown key 'clok' in the bench\n  did you mean 'clock'?"),
        Bad(
            change: ("clock: 1x", "clock: fast"),
            message: "bench.yaml:1:8: 'fast' is not a value for 'clock' of the bench\n  write it like 60x"),
        Bad(
            change: ("clock: 1x", "clock: 0x"),
            message:
                "bench.yaml:1:8: 'clock' of the bench is 0x, but must lie between 1 and 100000\n  write it like 60x"),
        Bad(
            change: ("clock: 1x", "track: 12KiB"),
            message: "bench.yaml:1:8: a track of 12288 bytes is not a power of two\n  use 4KiB, 8KiB, 16KiB … 1MiB"),
        Bad(
            change: ("clock: 1x", "clock: 1x\nclock: 2x"),
            message: "bench.yaml:1:1: the key 'clock' stands twice in one mapping"),
        Bad(
            change: ("serial: 30054", "serial: 30053"),
            message: "bench.yaml:7:5: two arrays have the serial 30053"),
        Bad(
            change: ("name: west", "name: east"),
            message: "bench.yaml:7:5: two arrays have the name east"),
        Bad(
            change: ("name: west", "name: ../west"),
            message: "bench.yaml:7:11: '../west' cannot be the name of an array\n"
                + "  use up to 31 letters, digits, '-', '_' and '.', beginning with a letter or digit"),
        Bad(
            change: ("{ id: 00:10, size: 1MiB, count: 2 }", "{ id: 00:10, size: 1000, count: 2 }"),
            message: "bench.yaml:6:28: 1000 is not a multiple of 512 bytes, so no disk can have it\n"
                + "  the next possible size is 1024 bytes"),
        Bad(
            change: ("{ id: 00:10, size: 1MiB, count: 2 }", "{ id: 00:10, size: 0 }"),
            message: "bench.yaml:6:28: an LDEV of 0 is impossible\n  use 512 bytes to 1EiB"),
        Bad(
            change: ("{ id: 00:10, size: 1MiB, count: 2 }", "{ id: 00:10, size: 2EiB }"),
            message: "bench.yaml:6:28: an LDEV of 2EiB is impossible\n  use 512 bytes to 1EiB"),
        Bad(
            change: ("{ id: 00:10, size: 1MiB, count: 2 }", "{ id: 00:10, size: big }"),
            message: "bench.yaml:6:28: 'big' is not a size\n  write it like 512MiB or 1GiB, up to 1EiB"),
        Bad(
            change: ("{ id: 00:10, size: 1MiB, count: 2 }", "{ id: xy:10, size: 1MiB }"),
            message: "bench.yaml:6:15: 'xy:10' is not an LDEV number\n  write it like 00:10, 16 or 0x10"),
        Bad(
            change: (
                "      - { id: 00:10, size: 1MiB, count: 2 }",
                "      - { id: 00:10, size: 1MiB, count: 2 }\n      - { id: 00:11, size: 1MiB }"
            ),
            message: "bench.yaml:7:9: array east has two LDEVs 00:11"),
        Bad(
            change: ("{ id: 00:10, size: 1MiB, count: 2 }", "{ id: 00:10, size: 2MiB, count: 2 }"),
            message: "bench.yaml:21:9: pair dev1: 00:10 of east has 2097152 bytes, 00:10 of west has 1048576\n"
                + "  both volumes of a pair must have the same size"),
        Bad(
            change: ("serial: 30053", "serial: 30053\n    journals: [{ id: 256, ldevs: [00:F0], size: 16MiB }]"),
            message: "bench.yaml:5:22: 'id' of a journal is 256, but must lie between 0 and 255\n  write it like 1"),
        Bad(
            change: ("serial: 30053", "serial: 30053\n    journals: [{ id: 1, ldevs: [00:F0], size: 15MiB }]"),
            message: "bench.yaml:5:47: a journal of 15728640 bytes is impossible\n"
                + "  use 16MiB, in which several of the longest frames fit, to 64GiB"),
        Bad(
            change: ("serial: 30053", "serial: 30053\n    journals: [{ id: 1, size: 16MiB }]"),
            message: "bench.yaml:5:16: journal 1 has no 'ldevs'\n  name at least one, like [00:F0]"),
        Bad(
            change: ("serial: 30053", "serial: 30053\n    journals: [{ id: 1, ldevs: [00:11], size: 16MiB }]"),
            message: "bench.yaml:5:16: journal 1 of array east takes LDEV 00:11, which is taken\n"
                + "  a journal has LDEVs of its own, which are in no other list"),
        Bad(
            change: ("fence: data", "fence: data\n    journals: [1, 2]"),
            message: "bench.yaml:17:5: group oradb has journals and is not asynchronous\n  add fence: async to it"),
        Bad(
            change: ("fence: data", "fence: async\n    journals: [1, 2]"),
            message: "bench.yaml:17:5: group oradb uses journal 1, which array east does not have\n"
                + "  describe it under 'journals:' of the array"),
        Bad(
            change: ("fence: data", "fence: async\n    journals: [1, two]"),
            message: "bench.yaml:20:15: '1', 'two' are not two journals\n  write journals: [1, 2]"),
        Bad(
            change: ("ldevs: [00:10, 00:10]", "ldevs: [00:10, 00:20]"),
            message: "bench.yaml:21:9: pair dev1: array west has no LDEV 00:20"),
        Bad(
            change: ("fence: data", "fence: dta"),
            message: "bench.yaml:19:12: unknown fence 'dta'\n  did you mean 'data'?"),
        Bad(
            change: ("fence: data", "fence: sync"),
            message: "bench.yaml:19:12: unknown fence 'sync'\n  did you mean 'async'?"),
        Bad(
            change: ("between: [east, west]", "between: [east, wst]"),
            message: "bench.yaml:12:5: link wire ends at 'wst', which is no array\n  did you mean 'west'?"),
        Bad(
            change: ("between: [east, west]", "between: [east]"),
            message: "bench.yaml:12:28: 'between' of a link must be a list of two\n  write between: [one, other]"),
        Bad(
            change: ("kind: unix", "kind: tcp, address: 0.0.0.0:7001"),
            message: "bench.yaml:12:62: 0.0.0.0 can be reached from other machines\n"
                + "  use 127.0.0.1, or say allow-remote: true"),
        Bad(
            change: ("kind: unix", "kind: fibre"),
            message: "bench.yaml:12:48: 'fibre' is not a kind of link\n  it may be unix or tcp"),
        Bad(
            change: ("instance: 1 }", "instance: 0 }"),
            message: "bench.yaml:15:5: two hosts have the instance 0"),
        Bad(
            change: ("instance: 1 }", "instance: 0, horcm: /a/horcm0.conf }"),
            message: "bench.yaml:14:5: two hosts have the instance 0"),
        Bad(
            change: ("instance: 1 }", "instance: 1, horcm: horcm1.conf }"),
            message: "bench.yaml:15:50: 'horcm' of host h1 is not an absolute path"),
        Bad(
            change: ("instance: 1 }", "instance: 1, beside: h0 }"),
            message: "bench.yaml:15:5: hosts h0 and h1 cannot be one machine\n"
                + "  both need a 'horcm' file, and the same array"),
        Bad(
            change: ("instance: 1 }", "instance: 1, beside: h1 }"),
            message: "bench.yaml:15:5: host h1 stands beside 'h1', which is no other host with a machine of its own\n"
                + "  did you mean 'h0'?"),
        Bad(
            change: ("instance: 1 }", "instance: 1, command-devices: [{ name: sdc }] }"),
            message: "bench.yaml:15:69: 'sdc' is no command device\n"
                + #"  write a device file, such as /dev/rdsk/c1t0d0, or '\\.\IPCMD-192.0.2.1-31001'"#),
        Bad(
            change: ("instance: 1 }", "instance: 1, command-devices: [{ name: /dev/c, array: north }] }"),
            message: "bench.yaml:15:5: host h1 finds 'north' at /dev/c, which is no array\n  it may be east, west"),
        Bad(
            change: ("name: oradb", "name: \"a b\""),
            message: "bench.yaml:17:11: 'a b' cannot be the name of a group\n"
                + "  use up to 31 printable letters without blanks and '#', not beginning with '-'"),
        Bad(
            change: ("array: west, instance", "array: north, instance"),
            message: "bench.yaml:15:5: host h1 stands at 'north', which is no array\n  it may be east, west"),
        Bad(
            change: ("hosts: [h0, h1]", "hosts: [h0, h2]"),
            message: "bench.yaml:17:5: group oradb names the host 'h2', which does not exist\n  did you mean 'h0'?"),
        Bad(
            change: ("links:\n  - { name: wire, between: [east, west], kind: unix }\n", ""),
            message: "bench.yaml:15:5: group oradb needs a link between east and west, but there is none\n"
                + "  add - between: [east, west] under 'links:'"),
    ]

    @Test(arguments: bad) func aBadFileIsToldApartByPlaceAndRemedy(_ bad: Bad) {
        let range = Self.good.range(of: bad.change.from)
        #expect(range != nil)
        guard let range else { return }
        let yaml = Self.good.replacingCharacters(in: range, with: bad.change.to)
        let problem = #expect(throws: BenchFileProblem.self) { try BenchFile.read(yaml, file: "bench.yaml") }
        #expect(problem?.failure.description == bad.message)
    }

    @Test func theGoodOneIsGood() throws { _ = try BenchFile.read(Self.good, file: "bench.yaml") }

    @Test func anEmptyFileIsNoBench() {
        let problem = #expect(throws: BenchFileProblem.self) { try BenchFile.read("", file: "bench.yaml") }
        #expect(problem?.failure.description == "bench.yaml: the file is empty")
    }
}
