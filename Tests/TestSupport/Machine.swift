// What of the machine a test needs. Without it a test is skipped and says why; under CI it runs all the same, and fails.

internal import Foundation
package import Testing

#if canImport(Glibc)
    internal import Glibc
#endif

package enum Machine {
    /// Under CI nothing is skipped.
    package static let isUnderCI = ProcessInfo.processInfo.environment["CI"] != nil

    package static func has(_ program: String) -> Bool {
        isUnderCI
            || ["/usr/sbin/", "/sbin/", "/usr/bin/", "/bin/"].contains { unsafe access($0 + program, X_OK) == 0 }
    }
}

/// For tests that mount volumes.
package enum MountSupport {
    package static let isMissing =
        !Machine.isUnderCI && (unsafe access("/dev/fuse", R_OK | W_OK) != 0 || geteuid() != 0)
    package static let reason: Comment = "needs /dev/fuse and root"
}

/// For tests that run a whole bench, with its programs and its loop devices.
package enum BenchSupport {
    package static let isMissing =
        MountSupport.isMissing || TestPrograms.areMissing
        || (!Machine.isUnderCI && !FileManager.default.fileExists(atPath: "/dev/loop-control"))
    package static let reason: Comment = "needs root, /dev/fuse, /dev/loop-control and the programs beside the tests"
}
