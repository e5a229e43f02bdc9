// Does a program in a host's view see that host, whatever it does with its environment, and is nothing left of it? Needs
// root, /dev/fuse, loop devices and the programs beside the tests; under CI they fail instead of being skipped.

import Bench
import Foundation
import TestSupport
import Testing

@Suite(.serialized, .disabled(if: BenchSupport.isMissing, BenchSupport.reason))
struct RunningViewTests {
    @Test func aProgramSeesTheHost() async throws {
        try await ViewBench.with { bench in
            let seen = try await bench.script(
                """
                hostname; cat /etc/hostname; command -v pairdisplay; readlink /etc/horcmgr
                ls /etc/horcm*.conf; ls /dev/sd*
                test -b /dev/sdb && test -b /dev/sdc && test ! -e /dev/sda && echo disks
                grep -c CMD-30053 /etc/horcm240.conf; grep horcm240 /etc/services | grep -c udp
                id -un; test -r /etc/localtime || test ! -L /etc/localtime && echo links
                echo $HORCMINST ${ARRAYBENCH_ROOT-unset} ${HORCM_CONF-unset}
                """)
            #expect(
                seen.output == """
                    east
                    east
                    /usr/bin/pairdisplay
                    /HORCM/etc/horcmgr
                    /etc/horcm240.conf
                    /dev/sdb
                    /dev/sdc
                    /dev/sdd
                    disks
                    1
                    1
                    root
                    links
                    240 unset unset

                    """)
            #expect(seen.errors == "" && seen.status == 0)
        }
    }

    @Test func commandsWorkWithoutAnEnvironment() async throws {
        try await ViewBench.with { bench in
            let screen = try await bench.script("env -i /usr/bin/pairdisplay -g oradb -IH240 -fcx")
            #expect(screen.status == 0 && screen.errors == "" && screen.output.contains("30053"))
            let west = try await bench.script("exec env -i /HORCM/usr/bin/raidqry -l -I241", on: "west")
            #expect(west.status == 0 && west.output.contains(" west "))
            let start = try await bench.script("env -i sh /usr/bin/horcmstart.sh 240")
            #expect(start.output == "HORCM inst 240 has already been running.\n" && start.status == 1)
            let check = try await bench.script(
                "HORCMINST=240 /etc/horcmgr -check; echo $?; HORCMINST=7 horcmgr -check; echo $?")
            #expect(check.output.hasPrefix("1\n"))
        }
    }

    @Test func aDaemonStartedInsideIsSeenByPsAndEndedWithTheBench() async throws {
        try await ViewBench.with { bench in
            let cycle = try await bench.script(
                """
                horcmshutdown.sh 240; ps -ef | grep -c 'horcmd_0240$'
                env -i /usr/bin/horcmstart.sh 240
                ps -ef | grep -c 'horcmd_0240$'; ps ax | grep -c 'horcmd_0240$'
                env -i /usr/bin/pairdisplay -g oradb -I240 -l > /dev/null; echo $?
                """)
            #expect(
                cycle.output.hasSuffix(
                    "starting HORCM inst 240\nHORCM inst 240 starts successfully.\n1\n1\n0\n"), "\(cycle.text)")
            let managers = BenchProcesses.find(in: bench.layout).filter { $0.kind == .manager(host: "east") }
            #expect(managers.count == 1)
            // From outside it is the same instance.
            let status = try await bench.arraybench(["status"])
            #expect(status.output.contains("running"))
            let again = try await bench.script("pairdisplay -g oradb -l | wc -l")
            #expect(again.output == "3\n")
        }
    }

    @Test func disksAreBlockDevicesWithFileSystems() async throws {
        try await ViewBench.with { bench in
            let disk = try await bench.script(
                """
                set -e
                mkfs.ext4 -q /dev/sdb; mkdir -p /tmp/view-$$; mount /dev/sdb /tmp/view-$$
                echo kept > /tmp/view-$$/file; df /tmp/view-$$ | tail -1 | awk '{print $1}'
                umount /tmp/view-$$; rmdir /tmp/view-$$; blkid -p -s TYPE -o value /dev/sdb
                """)
            #expect(disk.output == "/dev/sdb\next4\n" && disk.status == 0, "\(disk.text)")
            // The same volume, seen by the array's own file.
            let file = bench.layout.device(of: "00:10", array: "east")
            let outside = try await HostCommand.run("/usr/sbin/blkid", ["-p", "-s", "TYPE", "-o", "value", file])
            #expect(outside.output == "ext4\n")
        }
    }

    @Test func statusSignalsFoldersAndArgumentsPassThrough() async throws {
        try await ViewBench.with { bench in
            #expect(try await bench.script("exit 7").status == 7)
            #expect(try await bench.script("kill -TERM $$").status == 128 + 15)
            #expect(try await bench.script("kill -KILL $$").status == 128 + 9)
            #expect(try await bench.arraybench(["exec", "east", "--", "no-such-program"]).status == 127)
            #expect(try await bench.arraybench(["exec", "east", "--", "/etc/passwd"]).status == 126)
            #expect(try await bench.arraybench(["exec", "nobody", "--", "true"]).status == 64)
            let words = try await bench.arraybench([
                "exec", "east", "--", "printf", "%s|", "a b", "", "--help", "--", "-x", "$HOME",
            ])
            #expect(words.output == "a b||--help|--|-x|$HOME|")
            // The caller's folder, a script named relative to it, and no ignored signals but those it had.
            let folder = "/tmp/arraybench-view-\(getpid())"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try "#!/bin/sh\npwd; grep SigIgn /proc/$$/status | cut -f2\n"
                .write(toFile: folder + "/here.sh", atomically: true, encoding: .utf8)
            let program = try Programs.path(of: "arraybench")
            let run = try await HostCommand.run(
                "/bin/sh",
                [
                    "-c",
                    "chmod +x \(folder)/here.sh; cd \(folder) && '\(program)' exec --state '\(bench.layout.root)' east ./here.sh; "
                        + "grep SigIgn /proc/$$/status | cut -f2",
                ])
            let lines = run.output.split(separator: "\n")
            // The C library keeps signals 32 and 33 for itself: only those below count.
            #expect(
                lines.count == 3 && lines[0] == folder && lines[1].suffix(7) == lines[2].suffix(7), "\(run.text)")
        }
    }

    @Test func whatIsWrittenToEtcStaysWithTheHost() async throws {
        try await ViewBench.with { bench in
            let name = "arraybench-view-\(getpid())"
            let copied = try await bench.script("cp /etc/horcm240.conf /etc/\(name); echo '# mine' >> /etc/\(name)")
            let read = try await bench.script("tail -1 /etc/\(name)")
            let elsewhere = try await bench.script("test -e /etc/\(name)", on: "west")
            #expect(copied.status == 0 && read.output == "# mine\n" && elsewhere.status == 1)
            #expect(!FileManager.default.fileExists(atPath: "/etc/\(name)"))
        }
    }

    @Test func aKilledArraybenchLeavesNothingAndGuestsEndWithTheBench() async throws {
        try await ViewBench.with { bench in
            let program = try Programs.path(of: "arraybench")
            let guest = try DetachedProcess.start(
                program,
                arguments: [
                    "exec", "--state", bench.layout.root, "east", "--", "/bin/sh", "-c",
                    "mkfs.ext4 -q /dev/sdc; mkdir -p /tmp/g$$; mount /dev/sdc /tmp/g$$; rmdir /tmp/nothing 2>/dev/null; "
                        + "echo mounted > /HORCM/mounted; exec sleep 600",
                ], environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"], log: "/dev/null")
            let sign = bench.layout.host("east") + "/HORCM/mounted"
            for _ in 0..<3000 where !FileManager.default.fileExists(atPath: sign) {
                try await Task.sleep(for: .milliseconds(10))
            }
            let guests = BenchProcesses.find(in: bench.layout).filter { $0.kind == .guest(host: "east") }
            #expect(guests.map(\.identity.pid) == [guest.pid])
            let detach = try await bench.arraybench(["detach", "east", "00:11"])
            #expect(detach.status == 1 && detach.errors.contains("is mounted at /tmp/g"), "\(detach.text)")
            #expect(Mounts.all().allSatisfy { $0.point != "/tmp/g\(guest.pid)" })
            #expect(guest.end(askingFor: 0))
            #expect(try await bench.arraybench(["detach", "east", "00:11"]).status == 0)
            try FileManager.default.removeItem(atPath: "/tmp/g\(guest.pid)")
            // One more, that only 'down' ends.
            _ = try DetachedProcess.start(
                program,
                arguments: ["exec", "--state", bench.layout.root, "west", "--", "env", "-i", "/bin/sleep", "600"],
                environment: ["PATH": "/usr/bin:/bin"], log: "/dev/null")
            for _ in 0..<3000
            where !BenchProcesses.find(in: bench.layout).contains(where: { $0.kind == .guest(host: "west") }) {
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    @Test func anArrayThatComesBackIsSeenInAViewThatStands() async throws {
        try await ViewBench.with { bench in
            let program = try Programs.path(of: "arraybench")
            let story = try await bench.script(
                """
                horcmshutdown.sh 240 >/dev/null; horcmstart.sh 240 >/dev/null || exit 9
                pairvolchk -g oradb -I240 >/dev/null; echo $?
                '\(program)' array kill east >/dev/null; '\(program)' array start east >/dev/null
                pairvolchk -g oradb -I240 >/dev/null; echo $?
                """)
            #expect(story.output == "1\n1\n", "\(story.text)")
        }
    }

    /// A host's disks are there again after its array was lost, in the view that a program is in all the time.
    @Test func disksComeBackWithTheirArray() async throws {
        try await ViewBench.with { bench in
            let program = try Programs.path(of: "arraybench")
            let story = try await bench.script(
                """
                dd if=/dev/zero bs=1M count=1 2>/dev/null | tr '\\0' x | dd of=/dev/sdb oflag=direct bs=1M 2>/dev/null
                '\(program)' array kill east > /dev/null
                dd if=/dev/sdb of=/dev/null iflag=direct bs=4096 count=1 2>/dev/null && echo alive || echo dead
                '\(program)' array start east | sed 's/loop[0-9]*/loopN/'
                dd if=/dev/sdb iflag=direct bs=4096 count=1 2>/dev/null | tr -d x | wc -c
                pairdisplay -g oradb -l -fd | awk 'NR > 1 { print $3 }'
                """)
            #expect(
                story.output == """
                    dead
                    note: LDEV 00:10 is /dev/loopN again
                    note: LDEV 00:11 is /dev/loopN again
                    0
                    sdb
                    sdc

                    """, "\(story.text)")
        }
    }

    /// As a script does that calls the other site's host through ssh.
    @Test func aViewIsEnteredFromAnother() async throws {
        try await ViewBench.with { bench in
            let program = try Programs.path(of: "arraybench")
            let seen = try await bench.script(
                """
                '\(program)' exec west -- /bin/sh -c 'hostname; id -un; ls /etc/horcm*.conf; echo $HORCMINST; awk "BEGIN { print 1 + 1 }"'
                hostname
                """)
            #expect(seen.output == "west\nroot\n/etc/horcm241.conf\n241\n2\neast\n", "\(seen.text)")
        }
    }

    @Test func aUserNameSpaceIsEnough() async throws {
        let probe = try await HostCommand.run("/usr/bin/unshare", ["--user", "--mount", "--map-root-user", "true"])
        guard probe.status == 0 else {
            withKnownIssue("this kernel allows no user name spaces: \(probe.errors)") { Issue.record("not tried") }
            return
        }
        try await ViewBench.with { bench in
            let seen = try await bench.script(
                """
                hostname; test -f /dev/sdb && test -L /dev/sdb && test -L /dev/sdd && echo file; env -i /usr/bin/pairdisplay -g oradb -I240 -l >/dev/null; echo $?
                mkfs.ext4 -q -F /dev/sdb && blkid -p -s TYPE -o value /dev/sdb; echo x > /dev/null && echo null
                """, options: ["--user-namespace"])
            #expect(seen.output == "east\nfile\n0\next4\nnull\n", "\(seen.text)")
        }
    }

    /// A host with a syslog of its own: what is said there is what syslog(3) sends.
    @Test func syslogIsTold() async throws {
        try await ViewBench.with { bench in
            let folder = "/tmp/arraybench-syslog-\(getpid())"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let log = try DatagramLog(folder + "/log")
            let said = try await bench.script(
                """
                ln -s \(folder)/log /dev/log || exit 90
                raidcom -login maintenance raid-maintenance || exit 91
                raidcom get ldev -ldev_id 99999; test $? = 227 || exit 92
                horcmshutdown.sh 240 && sed -i 's/^HORCM_CMD$/HORCM_NONE/' /etc/horcm240.conf
                horcmstart.sh 240; sed -i 's/^HORCM_NONE$/HORCM_CMD/' /etc/horcm240.conf
                horcmstart.sh 240; rm /dev/log
                """)
            try #require(said.status == 0, "\(said.text)")
            let messages = log.messages
            func has(_ priority: Int, _ name: String, _ text: String) -> Bool {
                messages.contains {
                    $0.hasPrefix("<\(priority)>") && $0.contains(" \(name): ") && $0.contains(text)
                }
            }
            #expect(has(14, "raidcom", "COMMAND NORMAL : EUserID for HORC : root(0) "), "\(messages)")
            #expect(has(14, "raidcom", "CMDLINE : raidcom -login maintenance ******"), "\(messages)")
            #expect(has(14, "raidcom", "[raidcom] [EX_ENLDEV] "), "\(messages)")
            #expect(has(27, "horcmd_0240", "[HORCM_007] "), "\(messages)")
            #expect(!messages.contains { $0.contains("raid-maintenance") || $0.contains("is running") })
        }
    }
}

/// A syslog service that remembers what it was sent.
private final class DatagramLog {
    private let file: Int32

    init(_ path: String) throws {
        file = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            unsafe $0.copyBytes(from: Array(path.utf8).prefix($0.count - 1))
        }
        let bound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(file, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
    }

    /// Everything that has come and was not asked for before.
    var messages: [String] {
        var messages: [String] = []
        var buffer = [UInt8](repeating: 0, count: 8192)
        while case let count = unsafe recv(file, &buffer, buffer.count, Int32(MSG_DONTWAIT)), count > 0 {
            messages.append(String(decoding: buffer.prefix(count), as: UTF8.self))
        }
        return messages
    }

    deinit { close(file) }
}
