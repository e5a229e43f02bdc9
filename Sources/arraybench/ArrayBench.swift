// The bench owner's own command. It only parses, calls one verb of `Bench` and prints: what a verb does is there.

internal import ArgumentParser
internal import Bench

@main
struct ArrayBench: AsyncParsableCommand {
    static func main() async {
        LeavingView.leaveIfInside()
        await main(nil)
    }

    static let configuration = CommandConfiguration(
        commandName: "arraybench",
        abstract: "Two replicating disk arrays on one Linux machine, to run disaster-recovery scripts against.",
        discussion: """
            arraybench up                  two arrays, one link, one device group
            arraybench shell east          be the host at east: paircreate, …; or exec east -- SCRIPT
            arraybench attach east 00:10   a block device over a volume
            arraybench site fail east      lose array, instance and link end
            arraybench down                leave nothing behind

            A bench lives in one folder: --state, else $ARRAYBENCH_STATE, else \
            /var/tmp/arraybench (root) or /var/tmp/arraybench-<uid>. Several can run \
            side by side. Exit status: 0 done, 1 failed, 64 wrong usage.
            """,
        version: BenchVersion.text,
        subcommands: [
            Up.self, Down.self, Status.self, Exec.self, Shell.self, Env.self, Attach.self, Detach.self, ArrayVerbs.self,
            LinkVerbs.self,
            SiteVerbs.self, HostVerbs.self, VerdictCommand.self, TruthCommand.self, LedgerCommand.self,
            LoadVerbs.self, Install.self, Uninstall.self,
            CampaignCommand.self, MeasureCommand.self, MeasureRungCommand.self, CopyFloorCommand.self, DemoCommand.self,
        ])
}
