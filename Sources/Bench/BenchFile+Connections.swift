// The part of the bench file that connects arrays and hosts: links, hosts, groups.

package import ReplicationCore
internal import Yams

extension BenchFileReader {
    func link(_ node: Node) throws(BenchFileProblem) -> LinkDescription {
        let map = try FileMapping(
            node, of: "a link", in: file, keys: ["name", "between", "kind", "address", "allow-remote"])
        guard map.node("between") != nil else { throw map.problem("a link has no 'between'") }
        let ends = try map.pair("between")
        let name = map.node("name") == nil ? "\(ends.0)-\(ends.1)" : try map.name()
        let word = try map.text("kind") ?? "unix"
        guard word == "unix" || word == "tcp" else {
            throw map.problem("'\(word)' is not a kind of link", at: "kind", remedy: "it may be unix or tcp")
        }
        if word == "unix", map.node("address") != nil {
            throw map.problem(
                "link \(name) is a Unix socket and takes no 'address'", at: "address", remedy: "write kind: tcp")
        }
        let allowsRemote = try map.flag("allow-remote")
        return LinkDescription(
            name: name, between: ends, kind: word == "unix" ? .unix : try address(map, allowsRemote: allowsRemote),
            allowsRemote: allowsRemote, place: place(of: map))
    }

    /// `host:port`; the host must be a loopback address unless the file says that other machines may connect.
    private func address(_ map: FileMapping, allowsRemote: Bool) throws(BenchFileProblem) -> LinkDescription.Kind {
        guard let text = try map.text("address") else { return .tcp(host: "127.0.0.1", port: nil) }
        guard let colon = text.lastIndex(of: ":"), colon > text.startIndex,
            let port = UInt16(text[text.index(after: colon)...]), port > 0
        else {
            throw map.problem(
                "'\(text)' is not an address", at: "address", remedy: "write it like 127.0.0.1:7001")
        }
        let host = String(text[..<colon])
        guard allowsRemote || host.hasPrefix("127.") || host == "localhost" else {
            throw map.problem(
                "\(host) can be reached from other machines", at: "address",
                remedy: "use 127.0.0.1, or say allow-remote: true")
        }
        return .tcp(host: host, port: port)
    }

    func host(_ node: Node, among bench: BenchDescription) throws(BenchFileProblem) -> HostDescription {
        let map = try FileMapping(
            node, of: "a host", in: file,
            keys: ["name", "array", "instance", "port", "horcm", "beside", "command-devices"])
        let name = try map.name()
        guard map.node("instance") != nil else { throw map.problem("host \(name) has no 'instance'") }
        let port = try map.value("port", default: 0, in: 0...65_535, like: "11000") { UInt16($0) }
        let array = try map.text("array") ?? name
        var aliases: [CommandDeviceAlias] = []
        for node in try map.list("command-devices") { aliases.append(try alias(node, standard: array)) }
        let configuration = try map.text("horcm")
        if let configuration, !configuration.hasPrefix("/") {
            throw map.problem("'horcm' of host \(name) is not an absolute path", at: "horcm")
        }
        return HostDescription(
            name: name, array: array,
            instance: try map.value("instance", default: 0, in: 0...4094, like: "0") { UInt16($0) },
            port: port == 0 ? nil : port, configuration: configuration, beside: try map.text("beside"),
            commandDevices: aliases, place: place(of: map))
    }

    private func alias(_ node: Node, standard array: String) throws(BenchFileProblem) -> CommandDeviceAlias {
        let map = try FileMapping(node, of: "a command device", in: file, keys: ["name", "array"])
        let name = try map.requiredText("name")
        guard name.hasPrefix("/") || name.hasPrefix(#"\\.\IPCMD-"#), !name.contains(where: \.isWhitespace) else {
            throw map.problem(
                "'\(name)' is no command device", at: "name",
                remedy: #"write a device file, such as /dev/rdsk/c1t0d0, or '\\.\IPCMD-192.0.2.1-31001'"#)
        }
        return CommandDeviceAlias(name: name, array: try map.text("array") ?? array)
    }

    func group(_ node: Node) throws(BenchFileProblem) -> GroupDescription {
        let map = try FileMapping(
            node, of: "a group", in: file, keys: ["name", "hosts", "pairs", "fence", "mirror", "journals"])
        let name = try map.word()
        guard map.node("hosts") != nil else { throw map.problem("group \(name) has no 'hosts'") }
        var pairs: [PairDescription] = []
        for node in try map.list("pairs") { pairs.append(try pair(node)) }
        guard !pairs.isEmpty else { throw map.problem("group \(name) has no 'pairs'") }
        let mirror =
            map.node("mirror") == nil
            ? nil : try map.value("mirror", default: 0, in: 0...2, like: "0, 1 or 2") { UInt8($0) }
        return GroupDescription(
            name: name, hosts: try map.pair("hosts"), pairs: pairs, mode: try mode(map), mirror: mirror,
            journals: try journals(map), place: place(of: map))
    }

    private func journals(_ map: FileMapping) throws(BenchFileProblem) -> JournalNumbers? {
        guard map.node("journals") != nil else { return nil }
        let words = try map.pair("journals")
        guard let first = UInt8(words.0), let second = UInt8(words.1) else {
            throw map.problem(
                "'\(words.0)', '\(words.1)' are not two journals", at: "journals", remedy: "write journals: [1, 2]")
        }
        return JournalNumbers(local: first, remote: second)
    }

    private func mode(_ map: FileMapping) throws(BenchFileProblem) -> ReplicationMode? {
        guard let word = try map.text("fence") else { return nil }
        guard let mode = FenceWord.mode(word) else {
            throw map.problem(
                "unknown fence '\(word)'", at: "fence", remedy: FileMapping.advice(for: word, among: FenceWord.all))
        }
        return mode
    }

    private func pair(_ node: Node) throws(BenchFileProblem) -> PairDescription {
        let map = try FileMapping(node, of: "a pair", in: file, keys: ["name", "ldevs"])
        let name = try map.word()
        let words = try map.pair("ldevs")
        guard let first = LDEVNumber(parsing: words.0), let second = LDEVNumber(parsing: words.1) else {
            throw map.problem(
                "'\(words.0)', '\(words.1)' are not two LDEV numbers", at: "ldevs", remedy: "write [00:10, 00:10]")
        }
        return PairDescription(name: name, ldevs: (first, second), place: place(of: map))
    }
}

/// The fence levels as `paircreate -f` takes them.
package enum FenceWord {
    package static let all = ["data", "status", "never", "async"]

    package static func mode(_ word: String) -> ReplicationMode? {
        ReplicationMode.allCases.first { PairReport.word($0) == word }
    }
}
