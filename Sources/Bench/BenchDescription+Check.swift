// What must be true of a bench as a whole: names and numbers are unique, what is referred to exists, and both volumes
// of a pair are of one size and joined by a link.

internal import ReplicationCore

extension BenchDescription {
    func check(file: String) throws(BenchFileProblem) {
        func problem(_ place: FilePlace?, _ message: String, _ remedy: String? = nil) -> BenchFileProblem {
            BenchFileProblem(file: file, place: place, message: message, remedy: remedy)
        }
        guard !arrays.isEmpty else {
            throw problem(nil, "the bench has no arrays", "describe at least one under 'arrays:'")
        }
        if let twice = firstRepeated(arrays, \.name) {
            throw problem(twice.place, "two arrays have the name \(twice.name)")
        }
        if let twice = firstRepeated(arrays, \.serial) {
            throw problem(twice.place, "two arrays have the serial \(twice.serial)")
        }
        for array in arrays {
            if let twice = firstRepeated(array.ldevs, \.number) {
                throw problem(twice.place, "array \(array.name) has two LDEVs \(twice.number)")
            }
            if let twice = firstRepeated(array.ldevs, { "\($0.port) \($0.target) \($0.lun)" }) {
                throw problem(
                    twice.place,
                    "array \(array.name) has two LDEVs at port \(twice.port), target \(twice.target), LUN \(twice.lun)")
            }
            if let twice = firstRepeated(array.users, \.name) {
                throw problem(array.place, "array \(array.name) has two users \(twice.name)")
            }
        }
        for array in arrays { try checkJournals(array, problem) }
        try checkLinks(problem)
        try checkHosts(problem)
        try checkGroups(problem)
    }

    private typealias Complaint = (FilePlace?, String, String?) -> BenchFileProblem

    private func checkJournals(_ array: ArrayDescription, _ problem: Complaint) throws(BenchFileProblem) {
        if let twice = firstRepeated(array.journals, \.number) {
            throw problem(twice.place, "array \(array.name) has two journals \(twice.number)", nil)
        }
        var taken = Set(array.ldevs.map(\.number))
        for journal in array.journals {
            for ldev in journal.ldevs where !taken.insert(ldev).inserted {
                throw problem(
                    journal.place,
                    "journal \(journal.number) of array \(array.name) takes LDEV \(ldev), which is taken",
                    "a journal has LDEVs of its own, which are in no other list")
            }
        }
    }

    private func checkJournals(
        of group: GroupDescription, _ first: HostDescription, _ second: HostDescription, _ problem: Complaint
    ) throws(BenchFileProblem) {
        guard let journals = group.journals else { return }
        guard group.mode == .asynchronous else {
            throw problem(
                group.place, "group \(group.name) has journals and is not asynchronous", "add fence: async to it")
        }
        for (host, number) in [(first, journals.local), (second, journals.remote)] {
            guard let array = array(named: host.array), !array.journals.contains(where: { $0.number == number }) else {
                continue
            }
            throw problem(
                group.place, "group \(group.name) uses journal \(number), which array \(array.name) does not have",
                "describe it under 'journals:' of the array")
        }
    }

    private func checkLinks(_ problem: Complaint) throws(BenchFileProblem) {
        if let twice = firstRepeated(links, \.name) {
            throw problem(twice.place, "two links have the name \(twice.name)", "give one a 'name'")
        }
        for link in links {
            for end in [link.between.0, link.between.1] where array(named: end) == nil {
                throw problem(link.place, "link \(link.name) ends at '\(end)', which is no array", arrayAdvice(end))
            }
            guard link.between.0 != link.between.1 else {
                throw problem(link.place, "link \(link.name) leads from \(link.between.0) to itself", nil)
            }
        }
        let ends = { (link: LinkDescription) in [link.between.0, link.between.1].sorted().joined(separator: " ") }
        if let twice = firstRepeated(links, ends) {
            throw problem(
                twice.place, "there is a second link between \(twice.between.0) and \(twice.between.1)",
                "two arrays are joined by one link")
        }
        let ports = links.filter { if case .tcp(_, .some) = $0.kind { true } else { false } }
        if let twice = firstRepeated(ports, \.kind) {
            throw problem(twice.place, "link \(twice.name) has the same TCP address as another one", nil)
        }
    }

    private func checkHosts(_ problem: Complaint) throws(BenchFileProblem) {
        if let twice = firstRepeated(hosts, \.name) {
            throw problem(twice.place, "two hosts have the name \(twice.name)", nil)
        }
        // Hosts with files of their owner's may both be instance 0, as on two real machines.
        let foreign = Set(hosts.filter { $0.configuration != nil }.map(\.instance))
        let own = hosts.filter { $0.configuration == nil }
        if let twice = firstRepeated(own, \.instance) ?? own.first(where: { foreign.contains($0.instance) }) {
            throw problem(twice.place, "two hosts have the instance \(twice.instance)", nil)
        }
        if let twice = firstRepeated(hosts.filter { $0.port != nil }, { $0.port ?? 0 }) {
            throw problem(twice.place, "two hosts have the port \(twice.port ?? 0)", nil)
        }
        for host in hosts where array(named: host.array) == nil {
            throw problem(
                host.place, "host \(host.name) stands at '\(host.array)', which is no array", arrayAdvice(host.array))
        }
        for host in hosts {
            if let alias = host.commandDevices.first(where: { array(named: $0.array) == nil }) {
                throw problem(
                    host.place, "host \(host.name) finds '\(alias.array)' at \(alias.name), which is no array",
                    arrayAdvice(alias.array))
            }
            if let twice = firstRepeated(host.commandDevices, \.name) {
                throw problem(host.place, "host \(host.name) has two command devices \(twice.name)", nil)
            }
        }
        try checkMachines(problem)
        let remote = Set(hosts.flatMap(\.commandDevices).filter { $0.networkName != nil })
        if let twice = firstRepeated(remote.sorted { $0.array < $1.array }, \.name) {
            throw problem(hosts.first?.place, "two arrays have the address \(twice.name)", nil)
        }
    }

    /// Instances of one machine: what they share must be one, and what tells them apart two.
    private func checkMachines(_ problem: Complaint) throws(BenchFileProblem) {
        for host in hosts {
            guard let name = host.beside else { continue }
            guard let first = self.host(named: name), first.name != host.name, first.beside == nil else {
                throw problem(
                    host.place,
                    "host \(host.name) stands beside '\(name)', which is no other host with a machine of its own",
                    FileMapping.advice(for: name, among: hosts.filter { $0.beside == nil }.map(\.name)))
            }
            guard first.array == host.array, host.configuration != nil, first.configuration != nil else {
                throw problem(
                    host.place, "hosts \(first.name) and \(host.name) cannot be one machine",
                    "both need a 'horcm' file, and the same array")
            }
            if let twice = firstRepeated(hosts(onMachine: name), \.instance) {
                throw problem(twice.place, "the machine of host \(name) has two instances \(twice.instance)", nil)
            }
        }
    }

    private func checkGroups(_ problem: Complaint) throws(BenchFileProblem) {
        if let twice = firstRepeated(groups, \.name) {
            throw problem(twice.place, "two groups have the name \(twice.name)", nil)
        }
        for group in groups {
            if let twice = firstRepeated(group.pairs, \.name) {
                throw problem(twice.place, "group \(group.name) has two pairs \(twice.name)", nil)
            }
            let first = try groupHost(group.hosts.0, group, problem)
            let second = try groupHost(group.hosts.1, group, problem)
            guard first.name != second.name else {
                throw problem(group.place, "group \(group.name) has host \(first.name) on both sides", nil)
            }
            if first.array == second.array {
                try checkLocal(group, first.array, problem)
                continue
            }
            try checkJournals(of: group, first, second, problem)
            guard group.mirror == nil else {
                throw problem(
                    group.place, "group \(group.name) has a 'mirror', and its hosts stand at two arrays",
                    "mirror units are of copies within one array: leave it out")
            }
            guard links.contains(where: { $0.remote(of: first.array) == second.array }) else {
                throw problem(
                    group.place,
                    "group \(group.name) needs a link between \(first.array) and \(second.array), but there is none",
                    "add - between: [\(first.array), \(second.array)] under 'links:'")
            }
            for pair in group.pairs { try check(pair, first, second, problem) }
        }
    }

    /// Copies within one array: no link, no fence, and the two volumes are not one.
    private func checkLocal(
        _ group: GroupDescription, _ array: String, _ problem: Complaint
    ) throws(BenchFileProblem) {
        guard group.mode == nil else {
            throw problem(
                group.place, "group \(group.name) lies within array \(array), and local copies have no fence",
                "leave 'fence' out, and make the pairs with HORCC_MRCF=1 paircreate -g \(group.name) -vl")
        }
        for pair in group.pairs {
            guard pair.ldevs.0 != pair.ldevs.1 else {
                throw problem(pair.place, "pair \(pair.name) has LDEV \(pair.ldevs.0) on both sides", nil)
            }
            guard let first = host(named: group.hosts.0), let second = host(named: group.hosts.1) else { continue }
            try check(pair, first, second, problem)
        }
    }

    private func groupHost(
        _ name: String, _ group: GroupDescription, _ problem: Complaint
    ) throws(BenchFileProblem) -> HostDescription {
        guard let host = host(named: name) else {
            throw problem(
                group.place, "group \(group.name) names the host '\(name)', which does not exist",
                FileMapping.advice(for: name, among: hosts.map(\.name)))
        }
        return host
    }

    private func check(
        _ pair: PairDescription, _ first: HostDescription, _ second: HostDescription, _ problem: Complaint
    ) throws(BenchFileProblem) {
        func size(_ number: LDEVNumber, _ arrayName: String) throws(BenchFileProblem) -> UInt64 {
            guard let array = array(named: arrayName), let ldev = array.ldev(number) else {
                throw problem(pair.place, "pair \(pair.name): array \(arrayName) has no LDEV \(number)", nil)
            }
            return ldev.sizeBytes
        }
        let sizes = (try size(pair.ldevs.0, first.array), try size(pair.ldevs.1, second.array))
        guard sizes.0 == sizes.1 else {
            throw problem(
                pair.place,
                "pair \(pair.name): \(pair.ldevs.0) of \(first.array) has \(sizes.0) bytes, "
                    + "\(pair.ldevs.1) of \(second.array) has \(sizes.1)",
                "both volumes of a pair must have the same size")
        }
    }

    private func arrayAdvice(_ name: String) -> String {
        FileMapping.advice(for: name, among: arrays.map(\.name))
    }
}

/// The first element whose key an earlier one has already.
private func firstRepeated<Element, Key: Hashable>(_ elements: [Element], _ key: (Element) -> Key) -> Element? {
    var seen: Set<Key> = []
    return elements.first { !seen.insert(key($0)).inserted }
}
