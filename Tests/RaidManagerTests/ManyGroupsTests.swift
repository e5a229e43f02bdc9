// Does what a command costs depend on its own group alone? An instance with two hundred groups of twenty volumes is asked, and
// what its array was asked for is counted: requests, and volumes named in them. Nothing is timed.

import CommandDevice
import RaidManager
import ReplicationCore
import Synchronization
import Testing

/// An array of any size that counts what it is asked.
private final class CountingArray: ArrayPort {
    struct Count: Hashable {
        var requests = 0
        /// Volumes named in questions, and volumes of which an answer told.
        var named = 0
        var told = 0
    }

    let identity = ArrayIdentity(serial: ArraySerial(30053), name: "east")
    let commandDevices = ["/dev/cmd"]
    private let size: Int
    private let count = Mutex(Count())

    init(size: Int) { self.size = size }

    func switchCommandDevice(of unit: Int) throws(HorcmFailure) -> Replacement {
        throw HorcmFailure(.noSuchDevice)
    }

    /// What was asked by `body`.
    func counting(_ body: () throws -> Void) rethrows -> Count {
        count.withLock { $0 = Count() }
        try body()
        return count.withLock { $0 }
    }

    static func path(_ number: Int) -> VolumePath {
        VolumePath(port: "CL1-A", target: UInt16(number / 2048), lun: UInt16(number % 2048))
    }

    private func snapshot(_ number: Int) -> VolumeSnapshot? {
        guard number < size else { return nil }
        return VolumeSnapshot(
            ldev: LDEVNumber(UInt16(number)), byteCount: 1 << 20, path: Self.path(number), device: "/d/\(number)")
    }

    func perform(_ request: ArrayRequest, on serial: ArraySerial) throws(HorcmFailure) -> ArrayReply {
        guard case .volumes(let selection, _) = request else {
            count.withLock { $0.requests += 1 }
            return .done
        }
        let numbers: [Int]
        switch selection {
        case .all: numbers = Array(0..<size)
        case .ldevs(let ldevs): numbers = ldevs.map { Int($0.value) }
        case .paths(let paths): numbers = paths.map { Int($0.target) * 2048 + Int($0.lun) }
        }
        let found = numbers.compactMap(snapshot)
        count.withLock { count in
            count.requests += 1
            count.named += numbers.count
            count.told += found.count
        }
        return .volumes(found)
    }
}

private struct NoPartner: PartnerPort {
    func ask(
        _ request: InstanceRequest, of partners: [HorcmConfiguration.PartnerLine]
    ) throws(HorcmFailure) -> InstanceReply { throw HorcmFailure(.noRemoteHost) }
}

@Suite struct ManyGroups {
    static let members = 20

    /// A file as an administrator has it: all volumes by number, or all by path.
    static func file(groups: Int, byPath: Bool) -> String {
        var text = "HORCM_MON\nHST1 horcm0 1000 3000\nHORCM_CMD\n/dev/cmd\n\(byPath ? "HORCM_DEV" : "HORCM_LDEV")\n"
        for number in 0..<(groups * members) {
            let name = "g\(number / members) d\(number % members)"
            let path = CountingArray.path(number)
            text += byPath ? "\(name) \(path.port) \(path.target) \(path.lun)\n" : "\(name) 30053 \(number)\n"
        }
        text += "HORCM_INST\n"
        for group in 0..<groups { text += "g\(group) HST2 horcm0\n" }
        return text
    }

    private func service(
        groups: Int, byPath: Bool
    ) throws -> (service: InstanceService<CountingArray, NoPartner>, array: CountingArray) {
        let array = CountingArray(size: groups * Self.members)
        let configuration = try ConfigurationParser.parse(
            Self.file(groups: groups, byPath: byPath), file: "horcm0.conf")
        let table = HostDevices(
            (0..<(groups * Self.members)).map { number in
                HostDevice(
                    name: "/dev/d\(number)", serial: array.identity.serial, ldev: LDEVNumber(UInt16(number)),
                    path: CountingArray.path(number))
            })
        let information = InstanceInformation(
            instance: 0, host: "HST1", address: "HST1", service: "horcm0", arrays: [array.identity],
            commandDevices: ["/dev/cmd"], groups: [])
        return (
            InstanceService(
                configuration: configuration, information: information, arrays: array, partners: NoPartner(),
                memory: FakeMemory(), devices: { table }), array
        )
    }

    /// What commands ask their instance about one group, with what an order of that group names.
    private static let questions: [InstanceRequest] = [
        .volumes(.group("g1"), from: 0),
        .volumes(.device("d3", group: "g1"), from: 0),
        .volumes(.ldev(ArraySerial(30053), LDEVNumber(25), wholeGroup: true), from: 0),
        .volumes(.file("/dev/d25", wholeGroup: true), from: 0),
        .perform(ArraySerial(30053), .split((20..<40).map { LDEVNumber($0) }, .secondaryReadOnly)),
    ]

    @Test(arguments: [false, true], questions.indices)
    func theCostOfAGroupIsItsOwn(_ byPath: Bool, _ index: Int) throws {
        let question = Self.questions[index]
        let counts = try [2, 20, 200].map { groups in
            let (service, array) = try service(groups: groups, byPath: byPath)
            return array.counting {
                let reply = service.answer(question, for: .command)
                switch reply {
                case .volumes(let found, let next):
                    let wanted = question == Self.questions[1] ? 1 : Self.members
                    #expect(
                        found.count == wanted && found.allSatisfy { $0.group == "g1" && $0.ldev != nil } && next == nil)
                case .array(.done): #expect(index == Self.questions.count - 1)
                case let other: Issue.record("\(other)")
                }
            }
        }
        #expect(Set(counts).count == 1, "\(counts)")
        #expect(counts[0].requests <= 3 && counts[0].named <= 2 * Self.members, "\(counts)")
    }

    @Test func aVolumeOfNoLineIsStillRefused() throws {
        let (service, _) = try service(groups: 2, byPath: true)
        let stranger = InstanceRequest.perform(
            ArraySerial(30053), .split([LDEVNumber(39), LDEVNumber(40)], .secondaryReadOnly))
        guard case .failed(let failure) = service.answer(stranger, for: .command) else {
            Issue.record("not refused")
            return
        }
        #expect(failure.error == .noSuchDevice)
    }

    /// The monitor looks at all volumes: page by page, each once.
    @Test func aLookAtEverythingNamesEachVolumeOnce() throws {
        let (service, array) = try service(groups: 200, byPath: false)
        var found = 0
        let count = try array.counting { found = try service.reports(service.configuration.volumes).count }
        #expect(found == 4000)
        #expect(count == CountingArray.Count(requests: 1, named: 4000, told: 4000))
    }

    @Test func fourThousandVolumesAreComparedByTheMonitor() throws {
        let (service, _) = try service(groups: 200, byPath: false)
        var reports = try service.reports(service.configuration.volumes)
        var watch = StatusWatch()
        for _ in 0..<2 { #expect(watch.look(reports) == StatusWatch.Findings()) }
        let pair = PairSnapshot(
            group: GroupIdentifier(1), role: .primary, mode: .synchronous(.never), status: .paired,
            remoteSerial: ArraySerial(30054), remoteLDEV: LDEVNumber(3999))
        reports[3999].snapshot?.pair = pair
        #expect(watch.look(reports).lines.map(\.message) == [.statusChanged])
    }
}
