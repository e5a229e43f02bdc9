// One horcm<N>.conf on its way into a bench: its host's name, its instance, and the arrays behind its command devices.

internal import Foundation
internal import RaidManager
internal import ReplicationCore

struct ImportedFile {
    /// As the owner named it.
    let path: String
    let configuration: HorcmConfiguration
    let instance: UInt16
    /// The host's name in the bench, unique.
    private(set) var host = ""
    /// The array behind each line of HORCM_CMD; filled in by `ImportedArrays`.
    var units: [ArraySerial] = []
    private(set) var notes: [String] = []
    /// Volumes of HORCM_DEV by the line of their record, where a comment above it says what an inquiry found.
    let inquired: [Int: ImportedVolume]

    /// The array that the host's volumes are on, unless a line says otherwise.
    var array: ArraySerial { units[0] }

    /// - Parameter place: how many files stand before this one.
    init(_ source: HorcmSource, at place: Int) throws(BenchFailure) {
        path = source.path
        inquired = Self.inquiries(in: source.text)
        do throws(ConfigurationError) {
            configuration = try ConfigurationParser.parse(source.text, file: source.path)
        } catch {
            throw error.failure
        }
        if let line = configuration.arrayGroups.first {
            throw BenchFailure(
                "\(path):\(line.line): HORCM_LDEVG names a group that the array keeps; the file does not say its volumes",
                remedy: "write the volumes of '\(line.group)' under HORCM_LDEV")
        }
        let name = URL(fileURLWithPath: source.path).lastPathComponent
        if let number = Self.number(in: name) {
            guard number <= 4094 else {
                throw BenchFailure("\(path): there is no instance \(number)", remedy: "numbers go up to 4094")
            }
            instance = UInt16(number)
        } else {
            instance = UInt16(place)
            notes.append("\(path) is no horcm<N>.conf: it is instance \(place) here")
        }
    }

    /// The number in `horcm<N>.conf`. The instance without one has no place in a bench: it is instance 0 there.
    private static func number(in name: String) -> Int? {
        guard name != "horcm.conf" else { return 0 }
        guard name.hasPrefix("horcm"), name.hasSuffix(".conf") else { return nil }
        let digits = name.dropFirst(5).dropLast(5)
        return digits.allSatisfy({ $0.isASCII && $0.isNumber }) ? Int(digits) : nil
    }

    /// Whether two files are of two instances on one machine, with one array: they give one address of their own.
    func isOnMachine(of other: ImportedFile) -> Bool {
        guard let one = configuration.monitor.address, let two = other.configuration.monitor.address else {
            return false
        }
        func isLoopback(_ address: String) -> Bool { address == "localhost" || address.hasPrefix("127.") }
        let isOne = one.lowercased() == two.lowercased() && !one.uppercased().hasPrefix("NONE")
        return array == other.array && instance != other.instance && (isOne || isLoopback(one) && isLoopback(two))
    }

    /// The array that a line names, itself or in the comment above it.
    func serial(of line: HorcmConfiguration.VolumeLine) -> ArraySerial? {
        line.serialOfLDEV ?? inquired[line.line]?.serial
    }

    /// Comments as `raidscan -find conf` and mkconf.sh write them: `# /dev/sdb  SER = 30053 LDEV = 266 [ FIBRE FCTBL = 3 ]`, each
    /// above the record of that volume.
    private static func inquiries(in text: String) -> [Int: ImportedVolume] {
        var found: [Int: ImportedVolume] = [:]
        var last: ImportedVolume?
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let words = Substring(line).split { $0 == " " || $0 == "\t" || $0 == "\r" }
            guard let first = words.first else { continue }
            if first.hasPrefix("#") {
                last = inquiry(words)
            } else {
                found[index + 1] = last
                last = nil
            }
        }
        return found
    }

    private static func inquiry(_ words: [Substring]) -> ImportedVolume? {
        func number(after word: String) -> Substring? {
            words.firstIndex(of: Substring(word)).flatMap { at in
                at + 2 < words.count && words[at + 1] == "=" ? words[at + 2] : nil
            }
        }
        guard words.dropFirst().first != "ERROR", let serial = number(after: "SER").flatMap({ UInt64($0) }),
            let ldev = number(after: "LDEV").flatMap({ UInt16($0) }), ldev < 0xFEFE
        else { return nil }
        return ImportedVolume(serial: ArraySerial(serial), ldev: LDEVNumber(ldev))
    }

    func failure(_ line: Int?, _ cause: String, _ remedy: String) -> BenchFailure {
        BenchFailure("\(path)\(line.map { ":\($0)" } ?? ""): \(cause)", remedy: remedy)
    }

    // MARK: Names of hosts

    /// A host is called as HORCM_MON calls it, else as the others' HORCM_INST do, else by its instance, else by the folder that
    /// its file is in.
    static func chooseNames(_ files: inout [ImportedFile]) {
        let instances = files.map(\.instance)
        let wanted = files.indices.map { index in
            ownName(files[index]) ?? nameAmongOthers(index, files)
                ?? (instances.filter { $0 == files[index].instance }.count > 1 ? folderName(files[index]) : nil)
                ?? "host\(files[index].instance)"
        }
        var taken: Set<String> = []
        for (index, name) in wanted.enumerated() {
            // Other instances of the same machine are hosts of their own here.
            var unique = name
            var number = Int(files[index].instance)
            while !taken.insert(unique).inserted {
                unique = "\(name)-\(number)"
                number += 1
            }
            files[index].host = unique
        }
    }

    private static func folderName(_ file: ImportedFile) -> String? {
        hostName(URL(fileURLWithPath: file.path).deletingLastPathComponent().lastPathComponent)
    }

    private static func ownName(_ file: ImportedFile) -> String? {
        file.configuration.monitor.address.flatMap(hostName)
    }

    /// What the only other file with groups of this one calls its partner.
    private static func nameAmongOthers(_ index: Int, _ files: [ImportedFile]) -> String? {
        let groups = Set(files[index].configuration.groups)
        let others = files.indices.filter { $0 != index && !groups.isDisjoint(with: files[$0].configuration.groups) }
        guard others.count == 1 else { return nil }
        let addresses = files[others[0]].configuration.partners.filter { groups.contains($0.group) }.map(\.address)
        let names = Set(addresses.compactMap(hostName))
        guard names.count == 1, let name = names.first, ownName(files[others[0]]) != name else { return nil }
        return name
    }

    /// An address as a name of the bench; nil if it is a number, means no certain host, or cannot be a name.
    static func hostName(_ address: String) -> String? {
        let isNumber = address.contains(":") || address.allSatisfy { $0.isNumber || $0 == "." }
        guard !isNumber, !["none", "none6", "localhost"].contains(address.lowercased()), address.utf8.count <= 24 else {
            return nil
        }
        let isUsable = address.utf8.allSatisfy {
            ($0 >= 0x30 && $0 <= 0x39) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || "-_.".utf8.contains($0)
        }
        return isUsable && address.first?.isLetter == true ? address : nil
    }
}
