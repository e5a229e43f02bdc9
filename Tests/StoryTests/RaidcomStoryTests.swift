// Does a lock of resources hold between real processes: two hosts at one array, who log in, fight for a lock, give it back,
// lose it with their session, and lose it when the array is killed?

import Bench
import Foundation
import TestSupport
import Testing

@Suite(.serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct RaidcomStoryTests {
    /// A second host stands at east, and east's second volume is in a resource group of its own.
    private static let yaml = StoryBench.yaml()
        .replacing(
            "serial: 30053",
            with: "serial: 30053\n    users: [{ name: ops, password: secret1 }, { name: dba, password: secret2 }]"
        )
        .replacing(
            "      - { id: 00:10, size: 8MiB, count: 2, port: CL1-A, lun: 0 }",
            with: """
                      - { id: 00:10, size: 8MiB, port: CL1-A, lun: 0 }
                      - { id: 00:11, size: 8MiB, port: CL1-A, lun: 1, resource: prod }
                """
        )
        .replacing("hosts:\n", with: "hosts:\n  - { name: backup, array: east, instance: 2 }\n")

    private static let lock = "raidcom lock resource -resource_name prod"
    private static let unlock = "raidcom unlock resource -resource_name prod"

    /// Who holds which group, as a host sees it: `meta_resource - -`.
    private func locks(_ bench: StoryBench, _ host: String) async throws -> [String] {
        let screen = try await bench.on(host, "raidcom get resource")
        return screen.output.split(separator: "\n").dropFirst().map { row in
            let fields = row.split(separator: " ")
            return "\(fields[0]) \(fields[3]) \(fields[4])"
        }
    }

    private func expectRefused(
        _ bench: StoryBench, _ host: String, _ line: String, _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let result = try await bench.on(host, line, exits: 221, location)
        #expect(result.errors.contains("SSB=0x2E11,0x2205 on Serial#(30053)"), sourceLocation: location)
        #expect(result.errors.matches(of: /\[(\w+)\]/).map { $0.1 } == ["EX_CMDRJE"], sourceLocation: location)
    }

    @Test func twoHostsFightForALock() async throws {
        try await StoryBench.run(Self.yaml, hosts: ["east", "west", "backup"]) { bench in
            // The standard user is not among those that the file names.
            try await bench.on("east", "raidcom -login maintenance raid-maintenance", exits: 202)
            try await bench.on("east", "raidcom get resource", exits: 202)
            try await bench.on("east", "raidcom -login ops secret1")
            try await bench.on("backup", "raidcom -login dba secret2")
            #expect(try await locks(bench, "east") == ["meta_resource - -", "prod - -"])

            // Each command is a process of its own; the session is the host's.
            try await bench.on("east", Self.lock)
            #expect(try await locks(bench, "backup") == ["meta_resource - -", "prod ops east"])
            try await expectRefused(bench, "backup", Self.lock)
            try await expectRefused(bench, "backup", Self.lock + " -time 1")
            try await expectRefused(bench, "backup", Self.unlock)
            try await expectRefused(bench, "backup", "raidcom modify ldev -ldev_id 00:11 -ldev_name mine")
            try await bench.on("backup", "raidcom modify ldev -ldev_id 00:10 -ldev_name data_1")
            try await bench.on("backup", "raidcom lock resource -resource_name meta_resource")

            // Whoever waits gets the lock when it is given back.
            async let waiting = bench.onHost("backup", Self.lock + " -time 60")
            try await Task.sleep(for: .milliseconds(200))
            try await bench.on("east", Self.unlock)
            #expect(try await waiting.status == 0)
            #expect(try await locks(bench, "east") == ["meta_resource dba backup", "prod dba backup"])

            // A session takes its locks with it.
            try await bench.on("backup", "raidcom -logout")
            try await bench.on("backup", "raidcom get resource", exits: 202)
            try await bench.on("east", "raidcom lock resource")
            #expect(try await locks(bench, "east") == ["meta_resource ops east", "prod ops east"])

            // So does the end of the array; the name of a volume stays.
            try await bench.arraybench("site fail east")
            try await bench.arraybench("site repair east")
            try await bench.on("east", "raidcom get resource", exits: 202)
            try await bench.on("backup", "raidcom -login dba secret2")
            #expect(try await locks(bench, "backup") == ["meta_resource - -", "prod - -"])
            let ldev = try await bench.on("backup", "raidcom get ldev -ldev_id 00:10")
            #expect(ldev.output.contains("LDEV_NAMING : data_1\n"))
        }
    }

    @Test func thePasswordIsInNoLog() async throws {
        try await StoryBench.run(Self.yaml) { bench in
            try await bench.on("east", "raidcom -login ops not-this-one", exits: 202)
            let log = bench.layout.root + "/hosts/east/HORCM/log0/horcc_east.log"
            let text = try String(contentsOfFile: log, encoding: .utf8)
            #expect(text.contains("CMDLINE : raidcom -login ops ******\n"))
            #expect(text.contains("[raidcom] [EX_ENAUTH] Authentication failed with User:ops on Serial#(30053)\n"))
            #expect(text.contains("[raidcom] [exit(202)]\n") && !text.contains("not-this-one"))
        }
    }

    /// A group that an administrator makes is the array's: it survives its end, and an instance that names it at its start
    /// has its volumes.
    @Test func aGroupThatWasAddedServesPairCommands() async throws {
        try await StoryBench.run { bench in
            for (host, letter) in [("east", "P"), ("west", "S")] {
                try await bench.on(host, "raidcom -login maintenance raid-maintenance")
                try await bench.on(host, "raidcom add device_grp -device_grp_name late\(letter) vol -ldev_id 00:11")
                try await bench.on(host, "raidcom add copy_grp -copy_grp_name late late\(letter)")
                try await bench.arraybench("site fail \(host)")
                try await bench.arraybench("site repair \(host)")
                try await bench.on(host, "raidcom -login maintenance raid-maintenance")
                let shown = try await bench.on(host, "raidcom get device_grp -device_grp_name late\(letter)")
                #expect(shown.output.hasSuffix("17    3005\(host == "east" ? 3 : 4)\n"), "\(shown.text)")
                let serial = host == "east" ? 30053 : 30054
                let started = try await bench.shell(
                    host,
                    """
                    f=$ARRAYBENCH_ROOT/etc/horcm$HORCMINST.conf
                    partner=$(grep ^oradb $f | tail -1 | awk '{ print $2, $3 }')
                    grep -v ^oradb $f > $f.new
                    printf 'late %s\\nHORCM_LDEVG\\nlate late\(letter) \(serial)\\n' "$partner" >> $f.new
                    mv $f.new $f
                    horcmshutdown.sh $HORCMINST && horcmstart.sh $HORCMINST
                    """)
                try #require(started.status == 0, "\(started.text)")
            }
            try await bench.awaitLink("up")
            try await bench.on("east", "paircreate -g late -d vol -vl -f never -c 15")
            try await bench.on("west", "pairevtwait -g late -s pair -t 30")
            #expect(try await bench.on("east", "pairvolchk -g late -ss", exits: 23).output.contains("P-VOL"))
            let east = try await bench.on("east", "pairdisplay -g late -l -CLI").output
            #expect(east.contains(" vol ") && east.contains(" 17 "), "\(east)")
            try await bench.on("west", "raidcom delete device_grp -device_grp_name lateS -ldev_id 00:11")
            try await bench.on("west", "pairsplit -g late -S")
        }
    }
}
