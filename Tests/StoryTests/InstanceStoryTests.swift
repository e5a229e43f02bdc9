// Does a running instance tell what its monitor saw, keep to its permissions, use what it is told to use, and say in its
// log what an operator of a real one finds there?

import Bench
import Foundation
import TestSupport
import Testing

@Suite(.serialized, .disabled(if: MountSupport.isMissing, MountSupport.reason))
struct InstanceStoryTests {
    private static let log = "$ARRAYBENCH_ROOT/HORCM/log0/curlog/horcm_*.log"

    @Test func pairmonWaitsForWhatTheMonitorSees() async throws {
        try await StoryBench.run { bench in
            try await bench.pair("never")
            // What came before is of no interest; the monitor may not have seen all of it yet.
            try await bench.eventually("PAIR was seen") {
                try await bench.shell("east", "pairmon -nowait -allsnd -s pair | grep -c dev").output == "2\n"
            }
            try await bench.on("east", "pairmon -nowait -resevt")
            // One that is interrupted takes nothing with it, one that waits is told.
            let told = try await bench.shell(
                "east",
                """
                pairmon & first=$!
                sleep 0.3; kill $first; wait $first 2>/dev/null
                pairmon -s psus & second=$!
                pairsplit -g oradb -d dev1 -rw || exit 90
                wait $second
                """)
            #expect(told.status == 0 && told.output.contains("oradb  dev1"), "\(told.text)")
            #expect(told.output.contains("PAIR    0x02 -> PSUS    0x03"), "\(told.text)")
            #expect(try await bench.on("east", "pairmon -nowait").output == "no event\n")
            // Each side has a monitor of its own, with its own time.
            try await bench.eventually("SSUS was seen") {
                try await bench.shell("west", "pairmon -nowait -allsnd -s ssus").output.contains("-> SSUS")
            }
        }
    }

    @Test func aSuspensionByAFaultIsInTheLog() async throws {
        try await StoryBench.run { bench in
            try await bench.pair("never")
            try await bench.arraybench("link cut east-west")
            bench.write(0xA1, at: 0, on: "east")
            try await bench.eventually("HORCM_102") {
                let found = try await bench.shell("east", "grep -c 'HORCM_102.*Volume = dev[12], code = 4' \(Self.log)")
                return found.output == "2\n"
            }
            #expect(try await bench.on("east", "pairmon -nowait -allsnd -s psue").output.contains("-> PSUE    0x04"))
        }
    }

    @Test func inProtectionModeOnlyPermittedVolumesAreChanged() async throws {
        try await StoryBench.run { bench in
            try await bench.pair("data")
            let permitted = bench.device("east", "00:10")
            let restart = "horcmshutdown.sh 0 && HORCMPROMOD=1 horcmstart.sh 0"
            let restarted = try await bench.shell(
                "east", "echo '\(permitted) # ours' > $ARRAYBENCH_ROOT/etc/horcmperm0.conf && \(restart)")
            try #require(restarted.status == 0, "\(restarted.text)")
            #expect(try await bench.shell("east", "horcctl -D").output.hasSuffix("*\n"))
            let refused = try await bench.on("east", "pairsplit -g oradb", exits: 213)
            #expect(refused.errors.hasPrefix("pairsplit: [EX_ENPERM]"))
            // The partner's command is carried out here, and refused here.
            try await bench.on("west", "pairsplit -g oradb -d dev2", exits: 213)
            try await bench.expectStates("east", "P-VOL PAIR")
            try await bench.on("east", "pairsplit -g oradb -d dev1")
            let granted = try await bench.shell("east", "echo \(bench.device("east", "00:11")) | raidscan -find inst")
            #expect(granted.output.contains("dev2"), "\(granted.text)")
            try await bench.on("west", "pairsplit -g oradb -d dev2")
            try await bench.expectStates("east", "P-VOL PSUS")
            let bare = try await bench.shell(
                "east", restart.replacing("HORCMPROMOD", with: "HORCMPERM=MGRNOINST HORCMPROMOD"))
            try #require(bare.status == 0, "\(bare.text)")
            try await bench.on("east", "pairresync -g oradb -d dev1", exits: 213)
            let text = try await bench.shell("east", "cat \(Self.log)").output
            #expect(text.contains("no volume is permitted to this host (HORCMPERM is MGRNOINST)"), "\(text)")
        }
    }

    @Test func commandDeviceAndPartnerAreExchanged() async throws {
        try await StoryBench.run { bench in
            try await bench.pair("data")
            // A second name for the command device on the same line, and a partner that is not there before the real one.
            let edited = try await bench.shell(
                "east",
                """
                f=$ARRAYBENCH_ROOT/etc/horcm0.conf
                ln -s $ARRAYBENCH_COMMAND_DEVICES/30053 $ARRAYBENCH_ROOT/second || exit 91
                sed -i "s|^.*CMD-30053.*|& $ARRAYBENCH_ROOT/second|; s|^oradb *127.0.0.1|oradb 127.0.0.1 1\\n&|" $f
                horcmshutdown.sh 0 && horcmstart.sh 0
                """)
            try #require(edited.status == 0, "\(edited.text)")
            let second = bench.layout.root + "/hosts/east/second"
            let changed = try await bench.on("east", "horcctl -C").output
            #expect(changed.hasPrefix("Changed control device(") && changed.hasSuffix(" -> \(second))\n"), "\(changed)")
            #expect(try await bench.on("east", "horcctl -D").output == "Current control device = \(second)\n")
            try await bench.on("east", "pairdisplay -g oradb -l")
            // A device that goes away is left for the other one without anybody's order.
            try await StoryBench.must("rm", second)
            try await bench.on("east", "pairdisplay -g oradb -l")
            #expect(try await bench.on("east", "horcctl -D").output != "Current control device = \(second)\n")
            #expect(try await bench.on("east", "horcctl -DI").output.hasSuffix("AI = 1 TI = 0 CI = 1\n"))

            #expect(try await bench.on("east", "horcctl -ND -g oradb").output.hasSuffix("127.0.0.1,services = 1\n"))
            let partner = try await bench.on("east", "horcctl -NC -g oradb").output
            #expect(partner.hasPrefix("Changed network address(127.0.0.1,1 -> 127.0.0.1,"), "\(partner)")
            try await bench.on("east", "pairvolchk -g oradb -c -ss", exits: 33)
        }
    }

    @Test func aCommandIsTalkedToUntilItsInstanceEnds() async throws {
        try await StoryBench.run { bench in
            try await bench.pair("data")
            let piped = try await bench.shell(
                "east", "printf -- '-g oradb -ss\\n-g nogroup\\n-g oradb\\n' | pairvolchk -z; echo $?")
            let lines = piped.output.split(separator: "\n")
            #expect(lines.count == 3 && lines.last == "2", "\(piped.text)")
            let guarded = try await bench.shell(
                "east",
                """
                p=$ARRAYBENCH_ROOT/pipe; mkfifo $p
                pairvolchk -zx < $p & talk=$!
                exec 3> $p
                echo '-g oradb -ss' >&3
                horcmshutdown.sh 0
                wait $talk; status=$?
                exec 3>&-
                pairvolchk -zx -g oradb < /dev/null
                echo $status $?
                horcmstart.sh 0
                """)
            #expect(guarded.output.contains("\n255 251\n"), "\(guarded.text)")
        }
    }

    @Test func aSplitThatTakesTooLongGoesOn() async throws {
        try await StoryBench.run { bench in
            try await bench.pair("async")
            try await bench.arraybench("link shape east-west --rate 500kB/s")
            for offset in 0..<40 { bench.write(UInt8(offset), at: offset << 16, on: "east") }
            let late = try await bench.on("east", "pairsplit -g oradb -t 1", exits: 233)
            #expect(late.errors.hasPrefix("pairsplit: [EX_EWSTOT]"))
            try await bench.arraybench("link heal east-west")
            try await bench.eventually("the split is done") {
                try await bench.states("west") == ["S-VOL SSUS", "S-VOL SSUS"]
            }
            try bench.expectEqualCopies()
        }
    }

    @Test func theCommandLogIsTurnedOverAndMasked() async throws {
        try await StoryBench.run { bench in
            let told = try await bench.shell(
                "east",
                """
                unset HORCC_LOG
                d=$ARRAYBENCH_ROOT/HORCM/log0; h=$(ls $d/curlog | sed -n 's/^horcm_\\(.*\\)[.]log$/\\1/p')
                printf 'HORCC_LOGSZ=1\\nraidqry=0\\n' > $d/horcc_$h.conf
                rm -f $d/horcc_$h.log; raidqry -l > /dev/null; test ! -e $d/horcc_$h.log || exit 91
                pairvolchk -g oradb > /dev/null; grep -q 'pairvolchk..exit(1)' $d/horcc_$h.log || exit 92
                i=0; while [ $i -lt 20 ]; do pairvolchk -g oradb > /dev/null; i=$((i+1)); done
                test $(stat -c %s $d/horcc_$h.log) -lt 1400 || exit 93
                test $(stat -c %s $d/horcc_$h.oldlog) -ge 1024 || exit 94
                HORCC_LOG=STDERROUT pairvolchk -g none 2>&1 | grep -q 'EX_ENOENT' || exit 95
                HORCC_LOG=STDERROUT pairvolchk -g none 2>&1 | grep -q 'CMDLINE : pairvolchk -g none' || exit 96
                """)
            #expect(told.status == 0, "\(told.text)")
        }
    }

    @Test func anInstanceThatIsNotNamedIsRefused() async throws {
        try await StoryBench.run { bench in
            try await bench.pair("never")
            // East names an instance that is not there, and nobody as its partner where west is.
            let restart =
                """
                f=$ARRAYBENCH_ROOT/etc/horcm0.conf
                cp $f $f.old
                sed -i 's|^\\(oradb *127.0.0.1\\) .*|\\1 1|' $f
                printf 'HORCM_ALLOW_INST\\n127.0.0.1 2\\n' >> $f
                horcmshutdown.sh 0 && horcmstart.sh 0
                """
            let closed = try await bench.shell("east", restart)
            try #require(closed.status == 0, "\(closed.text)")
            let refused = try await bench.on("west", "pairvolchk -g oradb -c -ss", exits: 211)
            #expect(refused.errors.hasPrefix("pairvolchk: [EX_ERPERM]"), "\(refused.text)")
            let lines = try await bench.shell(
                "east", "grep -c 'A request from 127.0.0.1 port .* was refused' \(Self.log)")
            #expect(lines.output == "1\n")
            // The partner of a group need not be named a second time.
            let open = try await bench.shell(
                "east",
                """
                f=$ARRAYBENCH_ROOT/etc/horcm0.conf
                (cat $f.old; printf 'HORCM_ALLOW_INST\\n127.0.0.1 2\\n') > $f
                horcmshutdown.sh 0 && horcmstart.sh 0
                """)
            try #require(open.status == 0, "\(open.text)")
            try await bench.on("west", "pairvolchk -g oradb -c -ss", exits: 23)
        }
    }

    @Test func whatAGuardRefusesIsInTheLog() async throws {
        try await StoryBench.run { bench in
            try await bench.on("east", "raidvchkset -g oradb -d dev1 -vg wtd")
            try await bench.eventually("HORCM_103") {
                let tried = try await bench.shell(
                    "east",
                    """
                    dd if=/dev/zero of=\(bench.device("east", "00:10")) bs=4096 count=1 conv=notrunc 2>/dev/null && exit 9
                    grep -c 'HORCM_103.*( dev1, unit# 0, ldev# 00:10 )' \(Self.log)
                    """)
                try #require(tried.status != 9, "the guard let a write pass")
                return tried.status == 0
            }
        }
    }
}
