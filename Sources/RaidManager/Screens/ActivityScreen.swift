// raidar's rows: what hosts did to a volume in the last interval.
//
// - Source: RAID Manager reference, section 2.12, which asks for a header and rows; the columns are known of the manuals.
//   The bench has no cache whose hits it could count.

internal import CommandDevice
internal import ReplicationCore

struct ActivityRow: Sendable {
    /// `13:45:25`
    var time: String
    var path: VolumePath
    var attribute: String
    var status: String
    var before: VolumeActivity
    var now: VolumeActivity
    /// Of the interval. I/O runs in real time, whatever the bench's clock does.
    var seconds: UInt64

    /// Reads and writes in the interval. A counter that fell belongs to an array that was started again.
    var requests: UInt64 { reads + writes }
    private var reads: UInt64 { now.reads >= before.reads ? now.reads - before.reads : now.reads }
    private var writes: UInt64 { now.writes >= before.writes ? now.writes - before.writes : now.writes }

    var perSecond: String { Self.tenths(requests * 10 / max(1, seconds)) }
    var writePercent: String { requests == 0 ? "0.0" : Self.tenths(writes * 1000 / requests) }

    private static func tenths(_ value: UInt64) -> String { "\(value / 10).\(value % 10)" }
}

enum ActivityScreen {
    /// - Parameter seconds: the interval, as the header carries it.
    static func table(seconds: UInt64) -> ScreenTable<ActivityRow> {
        let interval = seconds < 10 ? "0\(seconds)" : "\(seconds)"
        return ScreenTable(
            "raidar",
            header: Fact(
                "TIME[\(interval)] PORT    T    L VOL   STATUS    IOPS HIT(%)   W(%)    IOCNT", .known, "2.12"),
            [
                Column("TIME", -8, .known, "2.12", glue: "") { $0.time },
                Column("PORT", -7, .known, "2.12") { $0.path.port },
                Column("T", 2, .known, "2.12", glue: "") { String($0.path.target) },
                Column("L", 4, .known, "2.12") { String($0.path.lun) },
                Column("VOL", -5, .known, "2.12") { $0.attribute },
                Column("STATUS", -6, .known, "2.12") { $0.status },
                Column("IOPS", 7, .known, "2.12") { $0.perSecond },
                Column("HIT(%)", 6, .ours, "2.12") { _ in nil },
                Column("W(%)", 6, .known, "2.12") { $0.writePercent },
                Column("IOCNT", 8, .known, "2.12") { String($0.requests) },
            ])
    }
}
