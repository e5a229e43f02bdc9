// Two arrays, two instances and a command's session, all in one process: the instances are the daemon's own
// `InstanceService`, and every message passes through its wire form.

import CommandDevice
import RaidManager
import ReplicationCore
import Synchronization

/// An array that answers from a table and remembers what it was asked to change.
final class FakeArray: ArrayPort {
    struct State {
        var volumes: [VolumeSnapshot]
        var groups: [GroupSnapshot] = []
        var journals: [JournalSnapshot] = []
        var isDead = false
        var activity: [VolumeActivity] = []
        var guards: [LDEVNumber: GuardSnapshot] = [:]
        var remoteArrays: [RemoteArraySnapshot] = []
        var plan = AdministrationPlan() {
            didSet {
                desk = AdministrationDesk(plan)
                book = GroupBook(plan)
            }
        }
        var book = GroupBook(AdministrationPlan())
        var desk = AdministrationDesk(AdministrationPlan())
        var labels: [VolumeLabel] = []
        /// Answers to the changing requests to come, in order; `done` when there are none left.
        var answers: [ArrayReply] = []
        var performed: [ArrayRequest] = []
        /// Run after each request that is answered with `done`.
        var effect: @Sendable (inout [VolumeSnapshot], ArrayRequest) -> Void = { _, _ in }
    }

    let identity: ArrayIdentity
    let state: Mutex<State>

    init(_ serial: UInt64, _ volumes: [VolumeSnapshot]) {
        identity = ArrayIdentity(serial: ArraySerial(serial), name: "array\(serial)")
        state = Mutex(State(volumes: volumes))
        var units = CommandDeviceUnits()
        units.add(identity.serial, [["/dev/cmd\(serial)"]], answered: .init(device: 0, name: "/dev/cmd\(serial)"))
        self.units = Mutex(units)
    }

    /// The command devices that `horcctl -C` goes through.
    let units: Mutex<CommandDeviceUnits>
    var commandDevices: [String] { units.withLock { $0.inUse } }

    func switchCommandDevice(of unit: Int) throws(HorcmFailure) -> Replacement {
        try units.withLock { (units) throws(HorcmFailure) in
            let next = try units.alternates(of: unit)[0]
            guard let replacement = units.use(next, of: identity.serial) else {
                throw HorcmFailure(.commandDeviceFailed)
            }
            return replacement
        }
    }

    var performed: [ArrayRequest] { state.withLock { $0.performed } }

    func perform(_ request: ArrayRequest, on serial: ArraySerial) throws(HorcmFailure) -> ArrayReply {
        let reply: ArrayReply? = state.withLock { state in
            if state.isDead { return nil }
            switch request {
            case .identify: return .identity(identity)
            case .volumes(.all, _): return .volumes(state.volumes)
            case .volumes(.ldevs(let ldevs), _): return .volumes(state.volumes.filter { ldevs.contains($0.ldev) })
            case .volumes(.paths(let paths), _): return .volumes(state.volumes.filter { paths.contains($0.path) })
            case .inventory(let question): return answer(question, state)
            case .guards(.show(let ldevs)):
                return .guards(ldevs.map { state.guards[$0] ?? GuardSnapshot(ldev: $0, flags: []) })
            case .guards(.set(let ldevs, let flags, let days)):
                if let retained = ldevs.first(where: { (state.guards[$0]?.retentionDays ?? 0) > 0 }) {
                    return .refused(.retained, retained)
                }
                for ldev in ldevs {
                    state.guards[ldev] = GuardSnapshot(
                        ldev: ldev, flags: flags, changeable: days > 0 ? [] : .all, retentionDays: days)
                }
                return .done
            case .journal:
                state.performed.append(request)
                return state.answers.isEmpty ? .refused(.notSupported, nil) : state.answers.removeFirst()
            case .administer(let order): return .administration(answer(order, &state))
            case .local, .create, .split, .resynchronise, .swap, .takeOver, .rollBackTakeover, .lowerFence, .delete:
                state.performed.append(request)
                let answer = state.answers.isEmpty ? ArrayReply.done : state.answers.removeFirst()
                if answer == .done { state.effect(&state.volumes, request) }
                return answer
            }
        }
        guard let reply else { throw HorcmFailure(.commandDeviceFailed, "Array \(serial): no answer.") }
        return reply
    }

    /// The rules are the array's own; names are remembered as they come.
    private func answer(_ order: AdministrationOrder, _ state: inout State) -> AdministrationAnswer {
        switch order {
        case .logIn(let client, let user, let password): return state.desk.logIn(client, user: user, password: password)
        case .logOut(let client): return state.desk.logOut(client)
        case .session(let client): return state.desk.session(of: client)
        case .lock(let resource, let client): return state.desk.lock(resource, client)
        case .unlock(let resource, let client): return state.desk.unlock(resource, client)
        case .resources: return .resources(state.desk.resources)
        case .commandStatus(let client): return state.desk.status(of: client)
        case .resetCommandStatus(let client): return state.desk.resetStatus(of: client)
        case .label(let ldev, let text, let client):
            if let refusal = state.desk.refusal(of: client, changing: [ldev]) { return .refused(refusal) }
            guard state.volumes.contains(where: { $0.ldev == ldev }) else {
                state.desk.note(.noSuchVolume, of: client)
                return .done
            }
            state.labels.append(VolumeLabel(ldev: ldev, text: text))
            return .done
        case .labelAsRequest(let ldev, let text, let client):
            if let refusal = state.desk.refusal(of: client, changing: [ldev]) { return .refused(refusal) }
            let isThere = state.volumes.contains { $0.ldev == ldev }
            if isThere { state.labels.append(VolumeLabel(ldev: ldev, text: text)) }
            return state.desk.noteRequest(about: ldev, isThere ? nil : .noSuchVolume, of: client)
        case .request(let number, let client): return state.desk.request(number, of: client)
        case .resetRequests(let number, let client): return state.desk.resetRequests(number, of: client)
        case .changeGroups(let change, let client):
            let ldevs = state.book.ldevs(of: change)
            if let refusal = state.desk.refusal(of: client, changing: ldevs) { return .refused(refusal) }
            return state.book.make(change).map { .refused($0) } ?? .done
        case .labels(let ldevs): return .labels(state.labels.filter { ldevs.contains($0.ldev) })
        case .deviceGroups: return .deviceGroups(state.book.deviceGroups)
        case .copyGroups: return .copyGroups(state.book.copyGroups)
        }
    }

    private func answer(_ question: InventoryQuestion, _ state: State) -> ArrayReply {
        switch question {
        case .ports:
            .inventory(
                .ports(
                    Set(state.volumes.map(\.path.port)).sorted().map {
                        PortSnapshot(name: $0, wwn: 0x5006_0E80_0000_0001, loopAddress: 0xEF, hostGroups: [0])
                    }))
        case .remoteArrays: .inventory(.remoteArrays(state.remoteArrays))
        case .consistencyGroups: .inventory(.consistencyGroups(state.groups))
        case .journals: .inventory(.journals(state.journals))
        case .activity(let ldevs):
            .inventory(.activity(state.activity.filter { ldevs?.contains($0.ldev) ?? true }))
        }
    }
}

/// The other instance, reached without a network.
struct FakePartner: PartnerPort {
    var answer: @Sendable (InstanceRequest) -> InstanceReply?

    func ask(
        _ request: InstanceRequest, of partners: [HorcmConfiguration.PartnerLine]
    ) throws(HorcmFailure) -> InstanceReply {
        guard let request = try? InstanceRequest(decoding: datagram(request.encoded())), let reply = answer(request),
            let decoded = try? InstanceReply(decoding: datagram(reply.encoded()))
        else { throw HorcmFailure(.noRemoteHost) }
        return decoded
    }

    /// What does not fit into a datagram does not arrive.
    private func datagram(_ bytes: [UInt8]) -> [UInt8] { bytes.count <= PartnerDatagram.largestPayload ? bytes : [] }
}

/// An instance's state without threads: nobody else changes it while somebody waits, unless a test says so.
final class FakeMemory: InstanceMemory {
    private let state = Mutex(InstanceState())
    /// What happens while a command waits, one after the other; nothing happens when there is none left.
    private let happenings = Mutex<[@Sendable (inout InstanceState) -> Void]>([])
    let waits = Mutex<[Span]>([])

    func change<Result>(_ body: (inout InstanceState) -> Result) -> Result {
        var result: Result?
        state.withLock { state in
            var copy = state
            result = body(&copy)
            state = copy
        }
        guard let result else { preconditionFailure("the body was not run") }
        return result
    }

    func willHappen(_ happening: @escaping @Sendable (inout InstanceState) -> Void) {
        happenings.withLock { $0.append(happening) }
    }

    func awaitEvent(_ filter: EventFilter, for span: Span) -> Bool {
        if state.withLock({ $0.events.holds(filter) }) { return true }
        waits.withLock { $0.append(span) }
        let happening = happenings.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        guard let happening else { return false }
        return state.withLock { state in
            happening(&state)
            return state.events.holds(filter)
        }
    }
}

typealias FakeService = InstanceService<FakeArray, FakePartner>

final class FakeSession: HorcmSession {
    let local: FakeArray
    let remote: FakeArray
    private let service: FakeService
    let memory = FakeMemory()
    private(set) var output: [String] = []
    private(set) var errors: [String] = []
    private(set) var now = Moment(nanoseconds: 0)
    var environment = InstanceEnvironment(["HORCMINST": "0"], instance: nil)
    /// Called at every sleep, with the number of sleeps so far.
    var onSleep: (Int) -> Void = { _ in }
    private var sleeps = 0
    /// Called after every question to the partner.
    var afterRelay: () -> Void = {}

    init(
        _ local: FakeArray, _ remote: FakeArray, _ names: [String], isPartnerAlive: Bool = true,
        poll: Span? = .seconds(10), partners: [String] = ["HST2"]
    ) {
        self.local = local
        self.remote = remote
        let there = Self.service(remote, names, FakePartner { _ in nil })
        let partner = FakePartner { isPartnerAlive ? there.answer($0, for: .partner) : nil }
        service = Self.service(local, names, partner, memory, poll: poll, partners: partners)
    }

    /// One group `oradb`, whose volumes are the array's, in order, under `names`.
    static func service(
        _ array: FakeArray, _ names: [String], _ partner: FakePartner, _ memory: FakeMemory = FakeMemory(),
        poll: Span? = .seconds(10), partners: [String] = ["HST2"]
    ) -> FakeService {
        var configuration = HorcmConfiguration()
        configuration.monitor.poll = poll
        let volumes = array.state.withLock { $0.volumes }
        configuration.commandDevices = [.init(devices: [.serial(array.identity.serial)])]
        configuration.volumes = zip(names, volumes).map { name, volume in
            .init(group: "oradb", name: name, location: .ldev(array.identity.serial, volume.ldev))
        }
        configuration.partners = partners.map { .init(group: "oradb", address: $0, service: "horcm") }
        let information = InstanceInformation(
            instance: 0, host: "localhost", address: "127.0.0.1", service: "horcm0", arrays: [array.identity],
            commandDevices: ["/dev/cmd\(array.identity.serial)"],
            groups: [.init(name: "oradb", mirror: "", address: "HST2", service: "horcm")])
        return InstanceService(
            configuration: configuration, information: information, arrays: array, partners: partner, memory: memory)
    }

    func ask(_ request: InstanceRequest) throws(HorcmFailure) -> InstanceReply {
        if request == .shutDown { return .done }
        guard let request = try? InstanceRequest(decoding: request.encoded()),
            let reply = try? InstanceReply(decoding: service.answer(request, for: .command).encoded())
        else { throw HorcmFailure(.connectionLost) }
        if case .relay = request { afterRelay() }
        return reply
    }

    /// Whether orders take longer than anybody waits who does not wait for ever.
    var isSlow = false

    func ask(_ request: InstanceRequest, within limit: Span) throws(HorcmFailure) -> InstanceReply? {
        let reply = try ask(request)
        guard isSlow else { return reply }
        now = now + limit
        return nil
    }

    /// The machine of the local instance's host.
    private(set) lazy var theMachine = FakeMachine([local, remote])
    var machine: any HostMachine { theMachine }

    var neighbours: [InstanceInformation] = []

    let clockText = "13:45:25"
    func show(_ line: String) { output.append(line) }
    func showError(_ line: String) { errors.append(line) }
    func sleep(_ span: Span) {
        now = now + span
        sleeps += 1
        onSleep(sleeps)
    }
}

/// A host that reaches every array, with the device files that a test gives it.
final class FakeMachine: HostMachine {
    let arrays: [FakeArray]
    var devices = HostDevices()
    var input: [String] = []

    init(_ arrays: [FakeArray]) { self.arrays = arrays }

    func device(at path: String) -> HostDevice? { devices.device(path) }
    func inputLines() -> [String] { input }
    func inputLine(_ prompt: String, isSecret: Bool) -> String? { input.isEmpty ? nil : input.removeFirst() }
    var client = AdministrationClient(host: "host", account: 0)
    private(set) var written: [String: String] = [:]
    func write(_ text: String, to name: String) { written[name] = text }
    func perform(_ request: ArrayRequest, on serial: ArraySerial) throws(HorcmFailure) -> ArrayReply {
        guard let array = arrays.first(where: { $0.identity.serial == serial }),
            let request = try? ArrayRequest(decoding: request.encoded())
        else { throw HorcmFailure(.commandDeviceFailed) }
        return try array.perform(request, on: serial)
    }
}

/// A process around a session.
final class FakeHost: CommandHost {
    private let theSession: any HorcmSession
    private(set) var output: [String] = []
    private(set) var errors: [String] = []
    var values: [String: String] = ["HORCMINST": "0"]
    var isSilent = false
    let hostName = "host"
    let stamp = CommandLog.Stamp(long: "Thu Nov 17 18:48:02 2005", clock: "18:48:02", microseconds: 258_000)
    /// The calls that are over.
    private(set) var recorded: [(arguments: [String], outcome: CommandOutcome)] = []
    /// What is typed, line by line. Behind its end the instance ends if it is watched.
    var input: [String] = []
    var isRunning = true
    private var isWatched = false
    private(set) var prompts: [String] = []

    init(_ session: any HorcmSession) { theSession = session }

    func environment(for instance: UInt16?) -> InstanceEnvironment { InstanceEnvironment(values, instance: instance) }
    func session(_ environment: InstanceEnvironment) -> any HorcmSession { theSession }
    func show(_ line: String) { if !isSilent { output.append(line) } }
    func showError(_ line: String) { if !isSilent { errors.append(line) } }
    func record(
        _ command: any Command.Type, _ arguments: [String], _ outcome: CommandOutcome, _ stamp: CommandLog.Stamp,
        _ environment: InstanceEnvironment
    ) { recorded.append((arguments, outcome)) }
    func guardInstance(_ environment: InstanceEnvironment) -> Bool {
        isWatched = isRunning
        return isRunning
    }
    func nextLine(prompt: String) -> InteractiveInput {
        prompts.append(prompt)
        guard input.isEmpty else { return .line(input.removeFirst()) }
        return isWatched ? .instanceEnded : .end
    }
}

/// What a command line leaves behind.
struct Outcome: Equatable {
    var status: Int32
    var output: [String]
    var errors: [String]

    /// As a terminal would show it, with the exit status below.
    var text: String { (output + errors + ["exit \(status)"]).joined(separator: "\n") }
}

/// Runs `line`, such as `pairdisplay -g oradb`, in a session.
func run(_ line: String, in session: FakeSession, values: [String: String] = ["HORCMINST": "0"]) -> Outcome {
    var words = line.split(separator: " ").map(String.init)
    let name = words.removeFirst()
    guard let command = CommandRegistry.command(named: name) else { preconditionFailure("no command \(name)") }
    let host = FakeHost(session)
    host.values = values
    let (before, errorsBefore) = (session.output.count, session.errors.count)
    let (outcome, _) = CommandRunner.run(command, words, host: host)
    return Outcome(
        status: outcome.status, output: host.output + session.output.dropFirst(before),
        errors: session.errors.dropFirst(errorsBefore) + host.errors)
}
