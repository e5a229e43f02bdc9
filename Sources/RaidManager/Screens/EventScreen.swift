// pairmon's rows.
//
// - Source: RAID Manager reference, section 2.7: the order of the columns is known of the manuals. Their widths are those of
//   paircurchk's listing, which has the same columns. A status's code is its number as exit status of
//   `pairevtwait -nowait`, less one: that agrees with HORCM_102, which calls PSUE "code 4".

internal import CommandDevice
internal import ReplicationCore

enum EventScreen {
    static var table: ScreenTable<StatusEvent> {
        ScreenTable(
            "pairmon",
            header: Fact("Group  Pair vol       Port  targ# lun# LDEV#... Oldstat code -> Newstat code", .known, "2.7"),
            [
                Column("Group", -6, .known, "2.7", glue: "") { $0.group },
                Column("Pair vol", -14, .known, "2.7") { $0.name },
                Column("Port", -5, .known, "2.7") { $0.path?.port },
                Column("targ#", 4, .known, "2.7", glue: "") { $0.path.map { String($0.target) } },
                Column("lun#", 5, .known, "2.7", glue: "") { $0.path.map { String($0.lun) } },
                Column("LDEV#", 7, .known, "2.7", glue: "") { $0.ldev.map { String($0.value) } },
                Column("Oldstat", -7, .inferred, "2.7", glue: "... ") { $0.before.rawValue },
                Column("code", 4, .inferred, "2.7") { code($0.before) },
                Column("Newstat", -7, .inferred, "2.7", glue: " -> ") { $0.after.rawValue },
                Column("code", 4, .inferred, "2.7") { code($0.after) },
            ])
    }

    private static func code(_ word: PairWord) -> String {
        "0x" + hexadecimal(UInt64(PairEvtWait.status(word) - 1), digits: 2)
    }
}
