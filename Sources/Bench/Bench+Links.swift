// Breaking and shaping links, and failing whole sites.

internal import Foundation

#if canImport(Glibc)
    internal import Glibc
#endif

extension Bench {
    /// Changes what is done to a link while I/O runs.
    /// - Parameter direction: `east-west`: what east sends to west. Nil is both directions.
    package mutating func impair(
        link name: String, direction: String?, _ request: ImpairmentRequest
    ) async throws(BenchFailure) {
        guard let link = description.link(named: name) else {
            throw BenchFailure(
                "there is no link '\(name)'",
                remedy: FileMapping.advice(for: name, among: description.links.map(\.name)), kind: .usage)
        }
        for sender in try senders(link, direction) {
            let whole = record.impairment(of: name, from: sender).applying(request)
            try change { $0.impairments[name, default: [:]][sender] = whole }
            // A stopped array is told when it starts.
            guard process(of: sender) != nil else { continue }
            try await ServiceProcessorClient(array: sender, layout: layout).shape(link: name, request)
        }
    }

    private func senders(_ link: LinkDescription, _ direction: String?) throws(BenchFailure) -> [String] {
        let (one, other) = link.between
        guard let direction else { return [one, other] }
        if direction == "\(one)-\(other)" { return [one] }
        if direction == "\(other)-\(one)" { return [other] }
        throw BenchFailure(
            "link \(link.name) has no direction '\(direction)'",
            remedy: "it has \(one)-\(other) and \(other)-\(one)", kind: .usage)
    }

    /// Waits until every link that nobody broke is up.
    /// - Throws: which one does not come up.
    func waitForLinks() async throws(BenchFailure) {
        let whole = description.links.filter { link in
            [link.between.0, link.between.1].allSatisfy { end in
                record.impairment(of: link.name, from: end).passage == .open && process(of: end) != nil
            }
        }
        let deadline = Date().addingTimeInterval(15)
        while true {
            let states = await status().links
            let missing = Set(states.filter { $0.state != "up" }.map(\.name))
            guard let down = whole.first(where: { missing.contains($0.name) }) else { return }
            try Interruption.check()
            guard Date() < deadline else {
                throw BenchFailure(
                    "link \(down.name) does not come up", remedy: "see \(layout.log(of: down.between.1))")
            }
            progress("waiting for link \(down.name)", nil)
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// The array, its link ends and the RAID Manager instances of its hosts are gone in one instant.
    package mutating func failSite(_ name: String) throws(BenchFailure) {
        _ = try arrayDescription(name)
        let hosts = Set(description.hosts.filter { $0.array == name }.map(\.name))
        let victims = BenchProcesses.find(in: layout).filter { process in
            switch process.kind {
            case .array(let array): array == name
            case .manager(let host): hosts.contains(host)
            case .guest, .judge: false
            }
        }.map(\.identity)
        guard !record.failedSites.contains(name) else { throw BenchFailure("the site of \(name) has failed already") }
        guard !victims.isEmpty else { throw BenchFailure("nothing of site \(name) runs") }
        for victim in victims { victim.send(SIGKILL) }
        try change { $0.failedSites.append(name) }
        for victim in victims { try end(victim, what: "a process of site \(name)", askingFor: 0) }
        notes += deadDevices(of: name)
    }

    /// Power is back: array and RAID Manager instances start. The pairs stay as they are.
    package mutating func repairSite(_ name: String) async throws(BenchFailure) {
        _ = try arrayDescription(name)
        guard record.failedSites.contains(name) else {
            throw BenchFailure(
                "the site of \(name) has not failed", remedy: "'arraybench site fail \(name)' fails it")
        }
        try change { $0.failedSites.removeAll { $0 == name } }
        if process(of: name) == nil { try await startArray(name) }
        try await waitForLinks()
        try await startHosts(description.hosts.filter { $0.array == name && managerProcess(of: $0.name) == nil })
    }
}
