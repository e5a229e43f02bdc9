// Do sizes, rates, times and factors mean what people expect, and is everything else refused?

import Bench
import Testing

@Suite struct QuantityTests {
    @Test(
        arguments: [
            ("512", 512), ("1K", 1024), ("1KiB", 1024), ("1kb", 1000), ("64MiB", 64 << 20), ("1GiB", 1 << 30),
            ("1 GiB", 1 << 30), ("1.5GiB", 1_610_612_736), ("2GB", 2_000_000_000), ("1EiB", 1 << 60), ("0", 0),
            ("0.5K", 512),
        ] as [(String, UInt64)]) func sizes(_ text: String, _ bytes: UInt64)
    {
        #expect(QuantityText.bytes(text) == bytes)
    }

    @Test(arguments: ["", "x", "-1", "1X", "1.3", "16EiB", "1e3", "1.2.3K", "GiB", "1GiBs", "0.1234567890K", "٣"])
    func noSizes(_ text: String) { #expect(QuantityText.bytes(text) == nil) }

    @Test(
        arguments: [
            ("100MB/s", 100_000_000), ("1MiB/s", 1 << 20), ("1Gbit/s", 125_000_000), ("10Mbps", 1_250_000),
            ("unlimited", 0), ("0", 0), ("8bit/s", 1),
        ] as [(String, UInt64)]) func rates(_ text: String, _ bytes: UInt64)
    {
        #expect(QuantityText.bytesPerSecond(text) == bytes)
    }

    @Test(arguments: ["100", "100MB", "fast", "0MB/s", "1bit/s", "1Kibit/s"])
    func noRates(_ text: String) { #expect(QuantityText.bytesPerSecond(text) == nil) }

    @Test(
        arguments: [("5ms", 5000), ("250us", 250), ("1.5s", 1_500_000), ("2m", 120_000_000), ("0", 0)]
            as [(String, UInt64)])
    func times(_ text: String, _ microseconds: UInt64) {
        #expect(QuantityText.microseconds(text) == microseconds)
    }

    @Test(arguments: ["5", "ms", "-5ms", "5 hours", "0.0001us"])
    func noTimes(_ text: String) { #expect(QuantityText.microseconds(text) == nil) }

    @Test func factorsAndPercent() {
        #expect(QuantityText.factor("60x") == 60 && QuantityText.factor("1") == 1 && QuantityText.factor("x") == nil)
        #expect(QuantityText.percent("30%") == 30 && QuantityText.percent("30") == 30)
        #expect(QuantityText.percent("300%") == nil)
        #expect(QuantityText.seconds("300s") == 300 && QuantityText.seconds("5m") == 300)
        #expect(QuantityText.seconds("1500ms") == nil)
    }

    @Test func sizesAreShownShort() {
        #expect(QuantityText.describe(bytes: 1 << 30) == "1 GiB")
        #expect(QuantityText.describe(bytes: 1000) == "1000 B")
        #expect(QuantityText.describe(roughly: 999) == "999 B")
        #expect(QuantityText.describe(roughly: 3_449_000) == "3.4 MB")
        #expect(QuantityText.describe(roughly: 123_456_789) == "123 MB")
        #expect(QuantityText.describe(roughly: 999_600) == "1.0 MB")
    }
}
