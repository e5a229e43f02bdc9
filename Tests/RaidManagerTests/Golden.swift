// Golden screens: `fixtures/raidmanager/<command>/<name>.txt`. They are rewritten only with UPDATE_GOLDEN=1, and read in
// review. The first line names where the screen comes from.

import Testing

#if canImport(Glibc)
    import Glibc
#endif

enum Golden {
    static let folder: String = {
        let parts = #filePath.split(separator: "/").dropLast(3)
        return "/" + parts.joined(separator: "/") + "/fixtures/raidmanager"
    }()

    private static var mustWrite: Bool { unsafe getenv("UPDATE_GOLDEN") != nil }

    /// - Parameters:
    ///   - path: `<command>/<name>`.
    ///   - source: the reference's sections.
    static func check(
        _ path: String, source: String, _ text: String, _ location: SourceLocation = #_sourceLocation
    ) {
        let wanted = "# Source: RAID Manager reference, \(source)\n\(text)\n"
        let file = "\(folder)/\(path).txt"
        if mustWrite {
            write(wanted, to: file)
            return
        }
        #expect(
            Document.read(file) == wanted, "\(file) differs. UPDATE_GOLDEN=1 rewrites it.", sourceLocation: location)
    }

    private static func write(_ text: String, to path: String) {
        var made = ""
        for part in path.split(separator: "/").dropLast() {
            made += "/\(part)"
            _ = unsafe mkdir(made, 0o755)
        }
        guard let file = unsafe fopen(path, "w") else {
            Issue.record("cannot write \(path)")
            return
        }
        unsafe fputs(text, file)
        unsafe fclose(file)
    }
}

/// Files, as they are.
enum Document {
    /// - Parameter path: in the checkout.
    static func text(_ path: String) throws -> String {
        let checkout = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return try #require(read("/\(checkout)/\(path)"), "there is no \(path)")
    }

    static func read(_ path: String) -> String? {
        guard let file = unsafe fopen(path, "r") else { return nil }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        while case let byte = unsafe getc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
