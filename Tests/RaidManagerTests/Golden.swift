// Golden screens: `fixtures/raidmanager/<command>/<name>.txt`. They are rewritten only with UPDATE_GOLDEN=1, and read in
// review. The first line names where the screen comes from.

import TestSupport
import Testing

enum Golden {
    /// From the folder of Package.swift.
    static let folder = "fixtures/raidmanager"

    /// - Parameters:
    ///   - path: `<command>/<name>`.
    ///   - source: the reference's sections.
    static func check(
        _ path: String, source: String, _ text: String, _ location: SourceLocation = #_sourceLocation
    ) {
        let file = "\(folder)/\(path).txt"
        let wanted = "# Source: RAID Manager reference, \(source)\n\(text)\n"
        let committed = GoldenFile.text(file, rewrittenAs: wanted)
        #expect(committed == wanted, "\(file) differs. UPDATE_GOLDEN=1 rewrites it.", sourceLocation: location)
    }
}
