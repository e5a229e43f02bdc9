// Does a bench follow from configuration files of real life, and is every way in which two files can fail to fit together
// told with its place? The files are in fixtures/horcm, and beside them the bench file that follows from each set.

import Bench
import Foundation
import TestSupport
import Testing

@Suite struct HorcmImportTests {
    private static let folder = "fixtures/horcm"

    /// Files of a set, under names that do not depend on where the checkout is.
    private static func sources(_ set: String, _ names: [String]) throws -> [HorcmSource] {
        try names.map { name in
            HorcmSource(
                path: "/\(set)/\(name)",
                text: try String(contentsOfFile: Checkout.path("\(folder)/\(set)/\(name)"), encoding: .utf8))
        }
    }

    static let sets: [(name: String, files: [String])] = [
        ("metrocluster", ["site-a/horcm0.conf", "site-b/horcm0.conf"]),
        ("one-machine", ["horcm0.conf", "horcm1.conf"]),
        ("business-copy", ["horcm5.conf", "horcm6.conf"]),
        ("out-of-band", ["east/horcm100.conf", "west/horcm100.conf"]),
        ("cluster", ["a1/horcm.conf", "a2/horcm.conf", "b1/horcm.conf", "b2/horcm.conf"]),
        ("raidcom-only", ["horcm0.conf"]),
        ("as-mkconf-writes", ["horcm0.conf", "horcm1.conf"]),
        ("cascade", ["horcm0.conf", "second/horcm0.conf", "second/horcm1.conf"]),
    ]

    @Test(arguments: sets.indices)
    func theBenchFileIsGolden(_ index: Int) throws {
        let (name, files) = Self.sets[index]
        let result = try HorcmImport(Self.sources(name, files))
        let text = result.notes.map { "# note: \($0)\n" }.joined() + result.text
        #expect(GoldenFile.text("\(Self.folder)/\(name)/bench.yaml", rewrittenAs: text) == text)
        // What was written is read as the same bench.
        let read = try BenchFile.read(result.text, file: name)
        #expect(BenchFileText.text(read) == BenchFileText.text(result.description))
        #expect(read.hosts.count == files.count)
    }

    /// Two files that fit, in which a test changes words.
    private static let one = """
        HORCM_MON
        HST1 horcm0 1000 3000
        HORCM_CMD
        \\\\.\\CMD-30053
        HORCM_LDEV
        oradb dev1 30053 00:10
        oradb dev2 30053 00:11
        HORCM_INST
        oradb HST2 horcm0

        """
    private static let other = one.replacing("HST1", with: "HST3").replacing("HST2", with: "HST1")
        .replacing("HST3", with: "HST2").replacing("30053", with: "30054")

    private static let misfits: [(change: [(String, String)], otherChange: [(String, String)], message: String)] = [
        ([], [("oradb", "other")], "/a/horcm0.conf:6: group 'oradb' is in none of the other files"),
        ([], [("dev2", "dev3")], "/a/horcm0.conf:7: 'dev2' of group 'oradb' is not in /b/horcm1.conf"),
        (
            [], [("HORCM_INST", "oradb dev3 30054 00:12\nHORCM_INST")],
            "/b/horcm1.conf:8: 'dev3' of group 'oradb' is not in /a/horcm0.conf"
        ),
        (
            [], [("30054", "30053"), ("00:11", "00:13")],
            "/a/horcm0.conf:6: LDEV 00:10 is on both sides of 'dev1' in group 'oradb'"
        ),
        (
            [], [("30054", "30053")], "/a/horcm0.conf:6: group 'oradb' has the same volumes here and in /b/horcm1.conf"
        ),
        ([("00:11", "00:10 h1")], [], "/a/horcm0.conf:7: LDEV 00:10 is in the group twice"),
        (
            [("00:11", "00:11 1")], [],
            "/a/horcm0.conf:7: MU# 1 is of copies within one array, and 'oradb' lies between two"
        ),
        (
            [("00:10", "00:10 h1")], [("30054", "30053"), ("00:10", "01:10"), ("00:11", "01:11")],
            "/a/horcm0.conf:6: MU# h1 is of copies between two arrays, and 'oradb' lies within one"
        ),
        (
            [("00:10", "00:10 1"), ("00:11", "00:11 2")], [("30054", "30053"), ("00:10", "01:10"), ("00:11", "01:11")],
            "/a/horcm0.conf:6: group 'oradb' has volumes with MU# 1 and with MU# 2"
        ),
        (
            [("dev2 30053", "dev2 30055"), ("CMD-30053", "CMD-30053\n\\\\.\\CMD-30055")], [],
            "/a/horcm0.conf:8: group 'oradb' has volumes on two arrays, 30053 and 30055"
        ),
        ([("dev2 30053", "dev2 30055")], [], "/a/horcm0.conf:7: array 30055 is not reached by HORCM_CMD"),
        (
            [("HST2 horcm0", "HST1 horcm0")], [],
            "/a/horcm0.conf: group 'oradb' has the instance itself (HST1 horcm0) as its partner"
        ),
        (
            [("HORCM_LDEV", "HORCM_LDEVG\ng ag 30053\nHORCM_INST\ng HST2 horcm0\nHORCM_LDEV")], [],
            "/a/horcm0.conf:6: HORCM_LDEVG names a group that the array keeps; the file does not say its volumes"
        ),
        ([("00:11", "FF:00")], [], "/a/horcm0.conf:7: there is no LDEV FF:00"),
        (
            [("HORCM_LDEV", "HORCM_DEV\noradb dev3 CL1-A 256 0\nHORCM_LDEV")], [],
            "/a/horcm0.conf:6: target 256, LUN 0 is no place of a volume"
        ),
        (
            [("HORCM_LDEV", "HORCM_VCMD\n66666\nHORCM_LDEV")], [],
            "/a/horcm0.conf: HORCM_VCMD names the virtual array 66666, and an array of the bench holds no other ones"
        ),
        (
            [("30053", "1000000")], [], "/a/horcm0.conf:6: an array of the bench cannot have the serial 1000000"
        ),
        ([("1000", "fast")], [], "/a/horcm0.conf:2: poll 'fast' is no number of 10 ms"),
    ]

    @Test(arguments: misfits.indices)
    func whatDoesNotFitIsTold(_ index: Int) {
        let (change, otherChange, message) = Self.misfits[index]
        func changed(_ text: String, _ changes: [(String, String)]) -> String {
            changes.reduce(text) { $0.replacing($1.0, with: $1.1) }
        }
        let failure = #expect(throws: BenchFailure.self) {
            try HorcmImport([
                HorcmSource(path: "/a/horcm0.conf", text: changed(Self.one, change)),
                HorcmSource(path: "/b/horcm1.conf", text: changed(Self.other, otherChange)),
            ])
        }
        #expect(failure?.message == message)
        #expect(failure?.remedy?.isEmpty == false)
    }

    @Test func threeSitesAreRefused() {
        let third = Self.other.replacing("30054", with: "30055").replacing("HST2 horcm0", with: "HST4 horcm0")
        let failure = #expect(throws: BenchFailure.self) {
            try HorcmImport([
                HorcmSource(path: "/a/horcm0.conf", text: Self.one),
                HorcmSource(path: "/b/horcm1.conf", text: Self.other),
                HorcmSource(path: "/c/horcm2.conf", text: third),
            ])
        }
        #expect(
            failure?.message
                == "group 'oradb' has three sides, and a bench's pair has two: /a/horcm0.conf:6, /b/horcm1.conf:6, "
                + "/c/horcm2.conf:6")
        // One volume with two other arrays, each in a group of its own.
        let more = Self.one.replacing(
            "HORCM_INST\n", with: "third dev1 30053 00:10 h2\nHORCM_INST\nthird HST4 horcm0\n")
        let cascade = #expect(throws: BenchFailure.self) {
            try HorcmImport([
                HorcmSource(path: "/a/horcm0.conf", text: more), HorcmSource(path: "/b/horcm1.conf", text: Self.other),
                HorcmSource(
                    path: "/c/horcm2.conf",
                    text: third.replacing("oradb dev2 30055 00:11\n", with: "").replacing("oradb", with: "third")),
            ])
        }
        #expect(
            cascade?.message.hasPrefix("/a/horcm0.conf:8: LDEV 00:10 of array 30053 is in group 'oradb' too") == true)
    }

    @Test func aPartnerWithoutAFileIsNoted() throws {
        let result = try HorcmImport([
            HorcmSource(path: "/a/horcm0.conf", text: Self.one + "oradb HST9 horcm0\n"),
            HorcmSource(path: "/b/horcm1.conf", text: Self.other),
        ])
        #expect(result.notes == ["/a/horcm0.conf: nobody answers at HST9 horcm0: it is in none of the files"])
    }

    @Test func sizesAndClockAreTheOwners() throws {
        let result = try HorcmImport(
            [
                HorcmSource(path: "/a/horcm0.conf", text: Self.one),
                HorcmSource(path: "/b/horcm1.conf", text: Self.other),
            ],
            sizeBytes: 3 << 20, clockRate: 60)
        #expect(result.text.contains("clock: 60x") && result.text.contains("size: 3MiB"))
        #expect(
            try BenchFile.read(result.text, file: "f").arrays.flatMap(\.ldevs).allSatisfy { $0.sizeBytes == 3 << 20 })
    }
}
