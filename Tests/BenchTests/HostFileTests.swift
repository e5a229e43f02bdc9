// Is a host's configuration laid out as scripts cut it apart, and do its exports survive a shell?

import Bench
import Foundation
import Testing

@Suite struct HostFileTests {
    let layout = BenchLayout(root: "/var/tmp/b")
    let bench: BenchDescription

    init() throws { bench = try BenchFile.read(DefaultBench.yaml, file: "default") }

    @Test func horcmFileIsGolden() throws {
        let host = try #require(bench.host(named: "west"))
        let text = HorcmFile.text(for: host, in: bench, ports: ["east": 11000, "west": 11001])
        #expect(
            text == """
                # RAID Manager instance 1 of host west. Written by arraybench.

                HORCM_MON
                #ip_address        service         poll(10ms)     timeout(10ms)
                127.0.0.1          11001                 1000              3000

                HORCM_CMD
                #dev_name
                \\\\.\\CMD-30054:/dev/sd

                HORCM_LDEV
                #dev_group        dev_name        Serial#      CU:LDEV(LDEV#)   MU#
                oradb             dev1            30054        00:10            0
                oradb             dev2            30054        00:11            0

                HORCM_INST
                #dev_group        ip_address      service
                oradb             127.0.0.1       11000

                """)
    }

    /// The way a script in the field finds the partner: the last line that begins with the group, second word.
    @Test func thePartnerIsWhereScriptsLookForIt() throws {
        let host = try #require(bench.host(named: "east"))
        let text = HorcmFile.text(for: host, in: bench, ports: ["east": 1, "west": 2])
        let line = text.split(separator: "\n").last { $0.hasPrefix("oradb") }
        #expect(line?.split(separator: " ").map(String.init) == ["oradb", "127.0.0.1", "2"])
    }

    @Test func theEnvironmentIsComplete() throws {
        let host = try #require(bench.host(named: "west"))
        let environment = HostEnvironment(host, in: bench, layout: layout).applied(to: [
            "PATH": "/bin", "HOME": "/root",
        ])
        #expect(environment["PATH"] == "/var/tmp/b/bin:/bin")
        #expect(environment["HORCMINST"] == "1")
        #expect(environment["HOME"] == "/root")
        #expect(environment["ARRAYBENCH_ROOT"] == "/var/tmp/b/hosts/west")
        #expect(environment["ARRAYBENCH_KEY_FILE"] == "/var/tmp/b/key")
        #expect(environment["ARRAYBENCH_COMMAND_DEVICES"] == "/var/tmp/b/command-devices")
        #expect(environment["ARRAYBENCH_CLOCK"] == "1")
    }

    @Test func nothingOfAnOuterInstanceShinesIntoAView() throws {
        let host = try #require(bench.host(named: "west"))
        let outer = ["HORCM_CONF", "HORCM_LOG", "HORCM_LOGS", "HORCC_LOG", "HORCMPERM", "ARRAYBENCH_ROOT"]
        var base = Dictionary(uniqueKeysWithValues: outer.map { ($0, "/outer") })
        base["HORCC_MRCF"] = "1"
        let inner = HostEnvironment(host, in: bench, layout: layout).appliedInView(to: base)
        #expect(outer.allSatisfy { inner[$0] == nil })
        #expect(inner["HORCC_MRCF"] == "1" && inner["HORCMINST"] == "1")
    }

    @Test func exportsSurviveAShellAndDoNotLengthenThePathTwice() async throws {
        let host = try #require(bench.host(named: "east"))
        let odd = BenchLayout(root: "/tmp/it's a $HOME `bench`")
        let exports = HostEnvironment(host, in: bench, layout: odd).shellExports
        let result = try await HostCommand.run(
            "/bin/sh", ["-c", exports + exports + "printf '%s|%s' \"$PATH\" \"$ARRAYBENCH_STATE\""],
            environment: ["PATH": "/bin"])
        #expect(result.output == "/tmp/it's a $HOME `bench`/bin:/bin|/tmp/it's a $HOME `bench`")
    }
}
