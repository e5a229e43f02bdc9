// `raidcom get rcu` and `get path`: the ways to other arrays, and to external storage.
//
// - Source: of `get rcu` no listing was found: the columns are ours, in the words of the published manuals, the remote
//   serial first (HIR). The heading of `get path` is pasted (XP7).

package import CommandDevice
internal import ReplicationCore

package enum RemoteArrayScreen {
    /// STS: NML all paths work, WAR some, BLK none.
    package static var table: ScreenTable<RemoteArraySnapshot> {
        ScreenTable(
            "raidcom get rcu", header: Fact("Serial#  ID   PID STS MINAP PATHs  AP LINK", .ours, "2.16"),
            [
                Column("Serial#", 7, .one, "2.16", glue: "") { String($0.serial.value) },
                Column("ID", -4, .ours, "2.16", glue: "  ") { _ in nil },
                Column("PID", 3, .ours, "2.16") { String($0.pathGroup) },
                Column("STS", -3, .ours, "2.16") { $0.status },
                Column("MINAP", 5, .ours, "2.16") { _ in String(fewestPaths) },
                Column("PATHs", 5, .ours, "2.16") { String($0.pathCount) },
                Column("AP", 3, .ours, "2.16") { String($0.activePaths) },
                Column("LINK", 0, .ours, "2.16") { $0.linkName },
            ])
    }

    /// An array of the bench goes on as long as one path works.
    private static let fewestPaths = 1
}

extension RemoteArraySnapshot {
    fileprivate var status: String {
        activePaths == 0 ? "BLK" : activePaths < pathCount ? "WAR" : "NML"
    }
}

enum ExternalPathScreen {
    static var header: Fact<String> {
        Fact(
            "PHG GROUP STS CM IF MP# PORT   WWN                 PR LUN PHS  Serial# PRODUCT_ID LB PM DM", .real, "2.16")
    }
}
