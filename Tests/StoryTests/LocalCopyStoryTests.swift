// Does the story that real scripts tell come true: keep a local copy of the far side before a bitmap copy runs over it, and
// go back to it when the near side is lost in the middle of that copy?

import Bench
import Foundation
import TestSupport
import Testing

@Suite(.serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct LocalCopyStoryTests {
    /// `oradb` between the arrays; `oracopy` within west, whose second host is the backup server.
    private static let yaml = """
        clock: 60x
        arrays:
          - name: east
            serial: 30053
            timers: { link: 60s }
            ldevs:
              - { id: 00:10, size: 8MiB, count: 2, port: CL1-A, lun: 0 }
          - name: west
            serial: 30054
            timers: { link: 60s }
            ldevs:
              - { id: 00:10, size: 8MiB, count: 4, port: CL1-D, lun: 0 }
        links:
          - { name: east-west, between: [east, west], kind: unix }
        hosts:
          - { name: east, array: east, instance: 0 }
          - { name: west, array: west, instance: 1 }
          - { name: backup, array: west, instance: 2 }
        groups:
          - name: oradb
            hosts: [east, west]
            pairs:
              - { name: dev1, ldevs: [00:10, 00:10] }
              - { name: dev2, ldevs: [00:11, 00:11] }
          - name: oracopy
            hosts: [west, backup]
            mirror: 1
            pairs:
              - { name: dev1, ldevs: [00:10, 00:12] }
              - { name: dev2, ldevs: [00:11, 00:13] }

        """

    @Test func aLocalCopySavesTheFarSide() async throws {
        try await StoryBench.run(Self.yaml, hosts: ["east", "west", "backup"]) { bench in
            try await bench.pair("never")
            bench.write(0xA1, at: 0, on: "east")
            try await bench.on("west", "paircreate -IBC1 -g oracopy -vl -m grp -c 15")
            try await bench.on("west", "pairevtwait -IBC1 -g oracopy -s pair -t 30")
            try await bench.on("west", "pairvolchk -IBC1 -g oracopy -ss", exits: 23)
            try await bench.on("backup", "pairvolchk -IBC2 -g oracopy -ss", exits: 33)
            let screen = try await bench.on("west", "pairdisplay -IBC1 -g oracopy -fcx -CLI")
            #expect(screen.output.split(separator: "\n").count == 5)
            // A command for the other kind of copy does not see it.
            try await bench.on("backup", "pairvolchk -ICA2 -g oracopy -ss", exits: 11)

            // Suspended, work goes on, and the copy keeps what the far side holds.
            try await bench.on("east", "pairsplit -g oradb -r")
            bench.write(0xB2, at: 1 << 16, on: "east")
            try await bench.on("backup", "pairsplit -IBC2 -g oracopy")
            try await bench.on("backup", "pairevtwait -IBC2 -g oracopy -s psus -ss ssus -t 30")
            let image = try ["00:12", "00:13"].map { try Disk.contents(bench.device("west", $0)) }

            // A restore under a pair that copies is refused; both halves stay as they are.
            try await bench.on("east", "pairresync -g oradb")
            try await bench.awaitPair()
            try await bench.on("west", "pairresync -IBC1 -g oracopy -restore", exits: 221)
            try bench.expect(0xB2, at: 1 << 16, on: "west")

            // The far side takes over and goes back to the image.
            try await bench.arraybench("link cut east-west")
            bench.write(0xC3, at: 2 << 16, on: "east")
            try await bench.eventually("PSUE on east") {
                try await bench.onHost("east", "pairevtwait -g oradb -nowait").status == 5
            }
            try await bench.on("west", "horctakeover -g oradb -t 20", exits: 225)
            try await bench.on("west", "pairresync -IBC1 -g oracopy -restore -c 15")
            try await bench.on("west", "pairevtwait -IBC1 -g oracopy -s pair -t 30")
            #expect(try ["00:10", "00:11"].map { try Disk.contents(bench.device("west", $0)) } == image)

            // What the restore changed travels home.
            try await bench.arraybench("link heal east-west")
            try await bench.awaitLink("up")
            try await bench.on("west", "pairresync -g oradb -swaps")
            try await bench.awaitPair()
            try bench.expectEqualCopies()
            #expect(try Disk.contents(bench.device("east", "00:10")) == image[0])

            try await bench.on("west", "pairsplit -IBC1 -g oracopy -E")
            try await bench.on("west", "pairvolchk -IBC1 -g oracopy -ss", exits: 25)
            try await bench.on("backup", "pairsplit -IBC2 -g oracopy -S")
            try await bench.on("west", "pairvolchk -IBC1 -g oracopy -ss", exits: 11)
        }
    }
}
