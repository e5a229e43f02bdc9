// Which instance of the bench each address in a host's horcm<N>.conf means. Real files name real hosts; here all of them are
// this machine, and what tells instances apart is the pair of address and service. The same service on two hosts is usual.

internal import RaidManager

struct AddressPlan {
    /// The instance's own address first, then those of HORCM_INST.
    private(set) var hosts: [(written: InstanceAddress, host: String)] = []
    /// Addresses of HORCM_INST that no host of the bench has.
    private(set) var unknown: [InstanceAddress] = []

    /// - Parameters:
    ///   - files: the configurations of all hosts that have files of their owner's, by host.
    ///   - path: the file's name, for messages.
    /// - Throws: if a group's partner is the instance itself, or one address means two instances.
    init(
        of name: String, in bench: BenchDescription, files: [String: HorcmConfiguration], path: String
    ) throws(BenchFailure) {
        guard let configuration = files[name] else { return }
        let own = InstanceAddress(
            address: configuration.monitor.address ?? name, service: configuration.monitor.service)
        hosts = [(own, name)]
        for group in configuration.groups {
            var candidates = Self.partners(of: name, in: group, bench, files)
            var open: [InstanceAddress] = []
            for partner in configuration.partners(of: group) {
                let address = InstanceAddress(address: partner.address, service: partner.service)
                guard !open.contains(address) else { continue }
                guard address != own else {
                    throw BenchFailure(
                        "\(path): group '\(group)' has the instance itself (\(address)) as its partner",
                        remedy: "name the partner's address and service under HORCM_INST")
                }
                if let host = candidates.first(where: { Self.monitor(of: $0, files) == address }) {
                    candidates.removeAll { $0 == host }
                    try add(address, host, path)
                } else {
                    open.append(address)
                }
            }
            try assign(open, candidates, files, path)
        }
        unknown.removeAll { address in hosts.contains { $0.written == address } }
    }

    /// The plan of a machine with several instances.
    /// - Throws: if one address means two of them.
    func joined(with other: AddressPlan) throws(BenchFailure) -> AddressPlan {
        var joined = self
        for (written, host) in other.hosts { try joined.add(written, host, "the files of host \(hosts[0].host)") }
        joined.unknown = (unknown + other.unknown).filter { address in !joined.hosts.contains { $0.written == address }
        }
        return joined
    }

    /// Addresses that are no candidate's own word for itself: first by their service, then in the order of the file.
    private mutating func assign(
        _ addresses: [InstanceAddress], _ hosts: [String], _ files: [String: HorcmConfiguration], _ path: String
    ) throws(BenchFailure) {
        var (addresses, candidates) = (addresses, hosts)
        for address in addresses {
            let known = self.hosts.first { $0.written == address }?.host
            let fitting = candidates.filter { files[$0]?.monitor.service == address.service }
            guard let host = known ?? (fitting.count == 1 ? fitting[0] : nil) else { continue }
            candidates.removeAll { $0 == host }
            addresses.removeAll { $0 == address }
            try add(address, host, path)
        }
        for (address, host) in zip(addresses, candidates) { try add(address, host, path) }
        for address in addresses.dropFirst(candidates.count) where !unknown.contains(address) {
            unknown.append(address)
        }
    }

    private mutating func add(_ address: InstanceAddress, _ host: String, _ path: String) throws(BenchFailure) {
        if let known = hosts.first(where: { $0.written == address }) {
            guard known.host != host else { return }
            throw BenchFailure(
                "\(path): \(address) means both \(known.host) and \(host)",
                remedy: "give the instances different addresses or services")
        }
        hosts.append((address, host))
    }

    private static func monitor(of host: String, _ files: [String: HorcmConfiguration]) -> InstanceAddress? {
        files[host].flatMap { file in
            file.monitor.address.map { InstanceAddress(address: $0, service: file.monitor.service) }
        }
    }

    /// The hosts on the other side of a group.
    private static func partners(
        of name: String, in group: String, _ bench: BenchDescription, _ files: [String: HorcmConfiguration]
    ) -> [String] {
        let described = bench.groups.first { $0.name == group }
        let members = bench.hosts.filter { host in
            host.name == described?.hosts.0 || host.name == described?.hosts.1
                || files[host.name]?.partners.contains { $0.group == group } ?? false
        }
        let own = side(of: name, described, bench)
        return members.map(\.name).filter { other in
            other != name && (own == nil || side(of: other, described, bench) != own)
        }
    }

    /// 0 or 1; nil if the bench file does not tell.
    private static func side(of name: String, _ group: GroupDescription?, _ bench: BenchDescription) -> Int? {
        guard let group else { return nil }
        if group.hosts.0 == name { return 0 }
        if group.hosts.1 == name { return 1 }
        guard !bench.isLocal(group), let array = bench.host(named: name)?.array else { return nil }
        return bench.host(named: group.hosts.0)?.array == array ? 0 : 1
    }
}
