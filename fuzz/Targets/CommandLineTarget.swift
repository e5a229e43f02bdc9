// Command lines, and instances that answer them with whatever they like. An input is the line; behind a byte 0xFF, which no
// text holds, follow the bodies of replies, which are given in order before the plausible ones.

internal import CommandDevice
internal import RaidManager
internal import ReplicationCore

extension FuzzTarget {
    /// A command ends with a result and nothing on stderr, or with an error and its one word in brackets there: clients
    /// take what is in brackets for the code.
    /// - Source: RAID Manager reference, section 2.1.
    static let commandLine = FuzzTarget(
        "command-line", "a command with its arguments, and its instance's answers",
        seeds: {
            FuzzLines.all.map { line in
                FuzzSeed(Array(line.utf8), of: String(line.prefix { $0 != " " }))
            } + FuzzLines.answered
        },
        fault: { bytes in
            let line = bytes.prefix { $0 != 0xFF }
            let words = String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
            let answers = FuzzPieces(bytes.dropFirst(line.count + 1)).compactMap { body in
                try? InstanceReply(decoding: FuzzEnvelope.around(body, like: InstanceReply.done.encoded()))
            }
            return FuzzHost.run(words, FuzzSession(answers: answers))
        })
}

enum FuzzLines {
    /// Every line of the registry's matrix, and every option alone.
    static let all: [String] = {
        var lines: [String] = []
        for card in CommandRegistry.cards where CommandRegistry.command(named: card.name) != nil {
            for line in card.matrix.map({ filled($0.line) })
                + card.options.flatMap(\.names).map({ "\(card.name) \($0)" })
            where !lines.contains(line) { lines.append(line) }
        }
        return lines
    }()

    private static func filled(_ line: String) -> String {
        let values = [
            ("group", "oradb"), ("volume", "dev1"), ("file", "/dev/sdb"), ("serial", "30053"), ("ldev", "16"),
            ("port", "CL1-A"), ("fence", "async"), ("instance", "0"),
        ]
        return values.reduce(line) { text, value in
            text.split(separator: "{\(value.0)}", omittingEmptySubsequences: false).joined(separator: value.1)
        }
    }

    static var answered: [FuzzSeed] {
        let replies = FuzzMessages.instanceReplies.map { FuzzEnvelope.body(of: $0.encoded()) }
        return [
            "pairdisplay -g oradb -fcxe", "pairvolchk -g oradb -c -ss", "raidscan -p CL1-A -CLI",
            "horctakeover -g oradb",
        ]
        .enumerated().map { index, line in
            FuzzSeed("answered-\(index)", Array(line.utf8) + [0xFF] + FuzzPieces.joined(replies))
        }
    }
}

/// **Threads**: one.
final class FuzzSession: HorcmSession {
    /// A command that asks so often waits for something that does not come.
    private static let questionsMaximum = 64

    private var answers: ArraySlice<InstanceReply>
    private(set) var exchanges: [(InstanceRequest, InstanceReply)] = []
    private(set) var now = Moment(nanoseconds: 0)
    let environment = InstanceEnvironment(["HORCMINST": "0"])
    let clockText = "13:45:25"
    let machine: any HostMachine = FuzzMachine()

    init(answers: [InstanceReply]) { self.answers = answers[...] }

    func ask(_ request: InstanceRequest) throws(HorcmFailure) -> InstanceReply {
        guard exchanges.count < Self.questionsMaximum else { throw HorcmFailure(.connectionLost) }
        let reply = answers.popFirst() ?? FuzzWorld.answer(request)
        exchanges.append((request, reply))
        return reply
    }

    func ask(_ request: InstanceRequest, within limit: Span) throws(HorcmFailure) -> InstanceReply? {
        try ask(request)
    }

    let neighbours = [FuzzWorld.information]
    func show(_ line: String) {}
    func showError(_ line: String) {}
    func sleep(_ span: Span) { now = now + min(span, .seconds(3600)) }
}

private final class FuzzMachine: HostMachine {
    let devices = HostDevices([
        HostDevice(
            name: "/dev/sdb", serial: ArraySerial(30053), ldev: LDEVNumber(16),
            path: VolumePath(port: "CL1-A", target: 0, lun: 0)),
        HostDevice(
            name: "/dev/sdc", kind: .command, serial: ArraySerial(30053), ldev: LDEVNumber(18),
            path: VolumePath(port: "CL1-A", target: 0, lun: 2)),
    ])
    func device(at path: String) -> HostDevice? { devices.device(path) }
    func inputLines() -> [String] { ["/dev/sdb", "/dev/sdc /dev/none"] }
    func inputLine(_ prompt: String, isSecret: Bool) -> String? { "word" }
    let client = AdministrationClient(host: "host", account: 0)
    func write(_ text: String, to name: String) {}
    func perform(_ request: ArrayRequest, on serial: ArraySerial) throws(HorcmFailure) -> ArrayReply {
        FuzzWorld.answer(request)
    }
}

final class FuzzHost: CommandHost {
    private let theSession: FuzzSession
    private var errors: [String] = []
    var isSilent = false
    let hostName = "host"
    let stamp = CommandLog.Stamp(long: "Thu Nov 26 13:45:25 2026", clock: "13:45:25", microseconds: 0)

    private init(_ session: FuzzSession) { theSession = session }

    func environment(for instance: UInt16?) -> InstanceEnvironment {
        InstanceEnvironment(["HORCMINST": "0"], instance: instance)
    }
    func session(_ environment: InstanceEnvironment) -> any HorcmSession { theSession }
    func show(_ line: String) {}
    func showError(_ line: String) { errors.append(line) }
    func record(
        _ command: any Command.Type, _ arguments: [String], _ outcome: CommandOutcome, _ stamp: CommandLog.Stamp,
        _ environment: InstanceEnvironment
    ) {}
    func guardInstance(_ environment: InstanceEnvironment) -> Bool { true }
    func nextLine(prompt: String) -> InteractiveInput { .end }

    /// - Returns: what was wrong, or nil. A first word that is no command is none.
    static func run(_ words: [String], _ session: FuzzSession) -> String? {
        guard let name = words.first, let command = CommandRegistry.command(named: name) else { return nil }
        let host = FuzzHost(session)
        let (outcome, _) = CommandRunner.run(command, Array(words.dropFirst()), host: host)
        guard (0...255).contains(outcome.status) else { return "exit \(outcome.status)" }
        let text = host.errors.joined(separator: "\n")
        guard let failure = outcome.failure else {
            return outcome.status < 128 && host.errors.isEmpty
                ? nil : "exit \(outcome.status) without an error: \(text)"
        }
        let brackets = text.filter { $0 == "[" || $0 == "]" }
        guard outcome.status == failure.error.exitStatus, outcome.status >= 128, brackets == "[]",
            text.contains("\(name): [\(failure.error.name)] ")
        else { return "exit \(outcome.status) does not go with \(text)" }
        return nil
    }
}
