// The bench owner's command inside a host's view. What it starts and mounts there would be that view's alone, and an array
// must be everybody's. So it goes to the machine's own mounts first: those of the bench's arrays.

internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

package enum LeavingView {
    /// Set once the way out was taken, so that it is not taken in circles.
    private static let sign = "ARRAYBENCH_LEFT_VIEW"

    /// Replaces this process by itself outside of the view, if it is in one and an array of that bench runs. Otherwise, and
    /// for an ordinary user, it stays.
    package static func leaveIfInside() {
        guard ProcessInfo.processInfo.environment[sign] == nil else {
            unsafe unsetenv(sign)
            return
        }
        guard geteuid() == 0, let root = HostViews.rootOfOwnView,
            let helper = try? Programs.path(of: "hostexec"), let way = wayOut(BenchLayout(root: root))
        else { return }
        let words =
            [helper, "--leave", "\(way)", FileManager.default.currentDirectoryPath, Programs.folder + "/arraybench"]
            + CommandLine.arguments.dropFirst()
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
        unsafe setenv(sign, "1", 1)
        unsafe execv(helper, &arguments)
        unsafe unsetenv(sign)
    }

    /// An array that sees the machine itself.
    private static func wayOut(_ layout: BenchLayout) -> Int32? {
        BenchProcesses.find(in: layout).first { process in
            guard case .array = process.kind else { return false }
            return HostViews.host(of: process.identity.pid, in: layout, evenOurs: true) == nil
        }?.identity.pid
    }
}
