// Does a command with -z run every line of its input, keep what was said once, and end when it should?

import RaidManager
import ReplicationCore
import Testing

@Suite struct InteractiveTests {
    private struct Conversation {
        var status: Int32
        var host: FakeHost
        var session: FakeSession
    }

    private func converse(
        _ line: String, _ input: [String], isRunning: Bool = true, from role: Role = .primary
    ) -> Conversation {
        var words = line.split(separator: " ").map(String.init)
        let name = words.removeFirst()
        guard let command = CommandRegistry.command(named: name) else { preconditionFailure("no command \(name)") }
        let session = Situation.named("pair").session(.never, from: role)
        let host = FakeHost(session)
        host.input = input
        host.isRunning = isRunning
        return Conversation(status: CommandRunner.call(command, words, host: host), host: host, session: session)
    }

    @Test func everyLineIsACallOfItsOwn() {
        let talk = converse(
            "pairvolchk -z", ["-g oradb -ss", "", "  pairvolchk\t-g oradb ", "-g nogroup", "-q", "-g oradb"])
        #expect(talk.host.recorded.map(\.outcome.status) == [23, 2, 247])
        #expect(talk.host.recorded[1].arguments == ["-g", "oradb"])
        #expect(talk.status == 247)
        #expect(Set(talk.host.prompts) == ["pairvolchk> "] && talk.host.prompts.count == 5)
        #expect(talk.host.input == ["-g oradb"])
    }

    @Test func theEndOfTheInputEndsIt() {
        #expect(converse("pairvolchk -z", ["-g oradb -ss"]).status == 23)
        #expect(converse("pairvolchk -z", []).status == 0)
        #expect(converse("pairvolchk -z", ["-q"]).status == 0)
    }

    @Test func whatStandsBesideZIsTheFirstLineAndKeepsInstanceAndMode() {
        let talk = converse("pairvolchk -IM7 -z -g oradb -ss", ["-g oradb -ss", "-g oradb -ss -IH"])
        #expect(talk.host.recorded.map(\.outcome.status) == [11, 11, 23])
        #expect(talk.host.recorded.map(\.outcome.mode) == [.mrcf, .mrcf, .horc])
        #expect(talk.host.recorded[1].arguments == ["-IM7", "-g", "oradb", "-ss"])
    }

    @Test func silenceIsForAllLinesOnlyIfItWasSaidFirst() {
        #expect(converse("pairvolchk -nomsg -z", ["-g oradb", "-Q"]).session.output.count == 1)
        let silent = converse("pairvolchk -nomsg -z", ["-Q", "-P"])
        #expect(silent.host.errors.isEmpty && silent.status == 252)
        let one = converse("pairvolchk -z", ["-nomsg -Q", "-P"])
        #expect(one.host.errors.first?.hasPrefix("pairvolchk: [EX_UNWOPT]") ?? false)
    }

    @Test func zxEndsWithTheInstance() {
        let talk = converse("pairvolchk -zx", ["-g oradb -ss"])
        #expect(talk.status == 255)
        #expect(talk.host.errors.first == "pairvolchk: [EX_COMERR] Can't be communicated with HORC manager")
        #expect(talk.host.recorded.map(\.outcome.status) == [23])
        #expect(converse("pairvolchk -zx", ["-g oradb -ss", "-q"]).status == 23)
        let absent = converse("pairvolchk -zx -g oradb", ["-g oradb"], isRunning: false)
        #expect(absent.status == 251 && absent.host.recorded.isEmpty)
    }

    @Test func withoutZThereIsOneCall() {
        let talk = converse("pairvolchk -g oradb -ss", ["-g oradb"])
        #expect(talk.status == 23 && talk.host.recorded.count == 1 && talk.host.prompts.isEmpty)
    }
}
