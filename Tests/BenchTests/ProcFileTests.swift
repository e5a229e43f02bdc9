// Is a table of the kernel read to its end? One reading of it gives no more than 4 KiB.

internal import Bench
import Testing

struct ProcFileTests {
    @Test func aTableIsReadToItsEnd() throws {
        let maps = ProcFile.text("/proc/self/maps")
        try #require(maps.utf8.count > 8192, "this process has too few mappings to tell")
        // The last lines of every process.
        #expect(maps.contains("[stack]") && maps.hasSuffix("\n"))
    }

    @Test func whatIsNotThereIsEmpty() { #expect(ProcFile.text("/proc/self/no such file").isEmpty) }
}
