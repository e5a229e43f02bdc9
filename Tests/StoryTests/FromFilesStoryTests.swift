// From the configuration files of two real hosts to a takeover: are the files used as they are, on both hosts the same
// instance and service, with host names, device files and volumes that this machine does not have?

import Bench
import Foundation
import TestSupport
import Testing

@Suite(.serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct FromFilesStoryTests {
    private static let fixtures = Checkout.path("fixtures/horcm")

    private func up(_ root: String, _ files: [String], _ options: [String] = []) async throws -> CommandResult {
        try await StoryBench.program(
            "arraybench",
            ["up", "--state", root, "--from-horcm"] + files.map { "\(Self.fixtures)/\($0)" }
                + ["--size", "8MiB", "--clock", "60x"] + options)
    }

    /// A shell script in a host's view.
    private func script(_ root: String, _ host: String, _ text: String) async throws -> CommandResult {
        try await StoryBench.program("arraybench", ["exec", "--state", root, host, "--", "/bin/sh", "-c", text])
    }

    @Test func twoFilesBecomeAMetropolitanCluster() async throws {
        try await StoryBench.withFolder { root in
            let started = try await up(root, ["metrocluster/site-a/horcm0.conf", "metrocluster/site-b/horcm0.conf"])
            try #require(started.status == 0, "\(started.text)")
            let bench = try await StoryBench.attached(to: root, hosts: ["ftsys1", "ftsys2"])
            try await expectTheView(root)
            for host in ["ftsys1", "ftsys2"] {
                let again = try await script(root, host, "horcmshutdown.sh 0 && env -i /usr/bin/horcmstart.sh 0")
                #expect(
                    again.status == 0 && again.output.hasSuffix("HORCM inst 0 starts successfully.\n"), "\(again.text)")
            }
            let made = try await script(
                root, "ftsys1",
                """
                paircreate -g pkgA -vl -f never -c 15 && pairevtwait -g pkgA -s pair -t 60 && pairdisplay -g pkgA -fcd -CLI
                """)
            #expect(made.status == 0, "\(made.text)")
            let rows = made.output.split(separator: "\n").filter { $0.hasPrefix("pkgA") }
            #expect(rows.count == 4 && rows.allSatisfy { $0.contains("PAIR") }, "\(made.text)")
            // The partner, which has the group's volumes in another order, goes by dev_name.
            let taken = try await script(
                root, "ftsys2", "horctakeover -g pkgA -t 60; echo $?; pairvolchk -g pkgA -ss; echo $?")
            #expect(taken.output.split(separator: "\n").filter { $0.count < 3 } == ["1", "23"], "\(taken.text)")
            try await bench.on("ftsys1", "pairvolchk -g pkgA -ss", exits: 33)
            // pkgB was left alone.
            try await bench.on("ftsys1", "pairvolchk -g pkgB -ss", exits: 11)
            try await expectEditsStay(root)
            try await StoryBench.must(
                TestPrograms.path("arraybench"), "down", "--state", root)
            try await Leftovers.expectNone(of: root)
        }
    }

    /// What scripts on the two hosts look at.
    private func expectTheView(_ root: String) async throws {
        let seen = try await script(
            root, "ftsys1",
            """
            cmp /etc/horcm0.conf \(Self.fixtures)/metrocluster/site-a/horcm0.conf && echo unchanged
            hostname; test -e /dev/rdsk/c4t1d1 && test -e /dev/rdsk/c5t1d1 && echo devices
            getent hosts ftsys2 | awk '{ print $1 }'
            test -b /dev/sdb && test -b /dev/sdd && test ! -e /dev/sde && echo disks
            grep ^pkgA /etc/horcm0.conf | tail -1 | awk '{ print $2 }'
            """)
        #expect(
            seen.output == "unchanged\nftsys1\ndevices\n127.0.0.1\ndisks\nftsys2\n", "\(seen.text)")
    }

    /// An administrator's change of /etc/horcm0.conf outlives the bench's stop.
    private func expectEditsStay(_ root: String) async throws {
        let edited = try await script(root, "ftsys1", "echo '# mine' >> /etc/horcm0.conf")
        #expect(edited.status == 0)
        try await StoryBench.must(TestPrograms.path("arraybench"), "down", "--keep", "--state", root)
        let resumed = try await StoryBench.up(root)
        #expect(resumed.status == 0, "\(resumed.text)")
        let kept = try await script(
            root, "ftsys1", "tail -1 /etc/horcm0.conf; pairvolchk -g pkgA -ss >/dev/null; echo $?")
        #expect(kept.output == "# mine\n33\n", "\(kept.text)")
    }

    @Test func localCopiesOfTwoInstancesOnOneArray() async throws {
        try await StoryBench.withFolder { root in
            let started = try await up(root, ["business-copy/horcm5.conf", "business-copy/horcm6.conf"])
            try #require(started.status == 0, "\(started.text)")
            let made = try await script(
                root, "host5",
                """
                export HORCC_MRCF=1
                paircreate -g backup1 -vl -c 15 && pairevtwait -g backup1 -s pair -t 60 && pairsplit -g backup1 \\
                    && pairevtwait -g backup1 -s psus -t 60 && pairdisplay -g backup1 -fc -CLI
                """)
            #expect(made.status == 0 && made.output.contains("SSUS"), "\(made.text)")
            // One machine: both instances are started and asked from one view.
            let both = try await script(
                root, "host5",
                """
                hostname; ls /etc/horcm?.conf; horcmshutdown.sh 5 6 > /dev/null && env -i /usr/bin/horcmstart.sh 5 6
                pairdisplay -g backup1 -IM6 -l -CLI | awk 'NR > 1 { print $2, $9 }'
                """)
            #expect(
                both.output == """
                    host5
                    /etc/horcm5.conf
                    /etc/horcm6.conf
                    starting HORCM inst 5
                    HORCM inst 5 starts successfully.
                    starting HORCM inst 6
                    HORCM inst 6 starts successfully.
                    data 784
                    redo 785

                    """, "\(both.text)")
            let status = try await StoryBench.must(TestPrograms.path("arraybench"), "status", "--state", root)
            #expect(status.output.contains("primary of local 03:10, mirror 1, split"), "\(status.output)")
            for instance in [5, 6] {
                let row = status.output.split(separator: "\n").last { $0.contains("instance \(instance) ") }
                #expect(row?.contains("running") == true, "\(status.output)")
            }
            try await StoryBench.must(TestPrograms.path("arraybench"), "down", "--state", root)
        }
    }

    @Test func commandDevicesOutOfBandAndGroupsOfTheArray() async throws {
        try await StoryBench.withFolder { root in
            let started = try await up(root, ["out-of-band/east/horcm100.conf", "out-of-band/west/horcm100.conf"])
            try #require(started.status == 0, "\(started.text)")
            // The array keeps the volumes of the file's group as a device group.
            let groups = try await script(
                root, "east",
                #"""
                pairvolchk -g oradb -ss > /dev/null; echo $?
                sed -e '/^oradb.*353010/d' -e 's/^HORCM_LDEV$/HORCM_LDEVG\ncopygrp oradbP 353010/' -e 's/^oradb  /copygrp/' \
                    /etc/horcm100.conf > /etc/horcm100.new && mv /etc/horcm100.new /etc/horcm100.conf
                horcmshutdown.sh 100 > /dev/null && horcmstart.sh 100 > /dev/null
                pairdisplay -g copygrp -l -CLI | awk 'NR > 1 { print $1, $2, $8 }'
                """#)
            #expect(groups.output == "11\ncopygrp 0000-0000 0\ncopygrp 0001-0001 1\n", "\(groups.text)")
            try await StoryBench.must(TestPrograms.path("arraybench"), "down", "--state", root)
        }
    }

    /// Four nodes, two at each site: the partner's second node answers when its first is gone, and nobody when both are.
    @Test func aClustersOtherNodeAnswers() async throws {
        try await StoryBench.withFolder { root in
            let started = try await up(root, ["a1", "a2", "b1", "b2"].map { "cluster/\($0)/horcm.conf" })
            try #require(started.status == 0, "\(started.text)")
            let node = { (name: String) in "node-\(name).example.com" }
            let bench = try await StoryBench.attached(to: root, hosts: [node("a1"), node("b2")])
            try await bench.on(node("a1"), "paircreate -g pkg/web -vl -f never -c 15")
            try await bench.on(node("b2"), "pairevtwait -g pkg/web -s pair -t 60")
            for (name, answering) in [("", "b1"), ("b1", "b2")] {
                if !name.isEmpty { try await bench.arraybench("host stop \(node(name))") }
                let partner = try await bench.on(node("a1"), "raidqry -r pkg/web")
                #expect(partner.output.contains(node(answering)), "\(partner.output)")
            }
            try await bench.on(node("b2"), "horctakeover -g pkg/web", exits: 1)
            try await bench.arraybench("host stop \(node("b2"))")
            let silent = try await bench.on(node("a1"), "pairvolchk -g pkg/web -c -ss", exits: 242)
            #expect(silent.errors.contains("EX_ENORMT"), "\(silent.text)")
            try await bench.arraybench("down")
            try await Leftovers.expectNone(of: root)
        }
    }

    /// Each kind of command device that leads nowhere: the start fails with 3, and the log says what to do.
    @Test func commandDevicesThatLeadNowhereAreTold() async throws {
        let cases = [
            (#"\\.\IPCMD-192.0.2.1-31001"#, #"HORCM_CMD names \\.\IPCMD-192.0.2.1-31001, and no array"#),
            (#"\\.\CMD-99999:/dev/sd"#, "No command device answers"),
            ("/dev/nothing*", "fits no command device of this host"),
            ("/dev/sdb", "is no command device"),
            (#"\\.\CMD-30053\nHORCM_VCMD\n66666"#, "HORCM_VCMD names the virtual array 66666"),
            (
                #"\\.\CMD-30053\nHORCM_LDEV\noradb dev1 30054 0\nHORCM_INST\noradb HST2 horcm0"#,
                "7.conf:4: array 30054 is not"
            ),
        ]
        try await StoryBench.run(StoryBench.yaml()) { bench in
            for (lines, sentence) in cases {
                let text = "HORCM_CMD\n" + lines.replacing(#"\n"#, with: "\n") + "\n"
                let folder = bench.layout.host("east")
                try text.write(toFile: folder + "/etc/horcm7.conf", atomically: true, encoding: .utf8)
                let started = try await script(
                    bench.layout.root, "east", "horcmstart.sh 7; echo $?; cat /HORCM/log7/curlog/horcm_*.log")
                #expect(started.output.contains("HORCM inst 7 has failed to start.\n3\n"), "\(started.text)")
                #expect(started.output.contains(sentence), "\(sentence): \(started.text)")
            }
        }
    }

    /// A wrong word in a file: told with its place, and there is not even a folder.
    @Test func nothingIsBuiltFromFilesThatDoNotFit() async throws {
        try await StoryBench.withFolder { root in
            let refused = try await up(root, ["metrocluster/site-a/horcm0.conf", "one-machine/horcm0.conf"])
            #expect(refused.status == 1)
            #expect(
                refused.errors.contains("site-a/horcm0.conf:12: group 'pkgA' is in none of the other files"),
                "\(refused.errors)")
            #expect(!FileManager.default.fileExists(atPath: root))
            let written = try await up(
                root, ["metrocluster/site-a/horcm0.conf", "metrocluster/site-b/horcm0.conf"], ["--write", "-"])
            #expect(written.status == 0 && written.output.contains("clock: 60x") && written.output.contains("8MiB"))
            #expect(!FileManager.default.fileExists(atPath: root))
        }
    }
}
