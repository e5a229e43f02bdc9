// Every short history in a small world: is there any that breaks a rule?

internal import ReplicationCore
internal import Simulator
import Testing

struct EnumerationTests {
    @Test(arguments: ReplicationMode.allCases, Enumeration.Beginning.allCases)
    func noSequenceOfTwoEventsBreaksARule(mode: ReplicationMode, beginning: Enumeration.Beginning) {
        var enumeration = Enumeration(mode: mode, beginning: beginning, events: 2)
        enumeration.run()
        if let finding = enumeration.finding {
            Issue.record("\(finding.violation)\n\(finding.script.play(isTold: true).timeline?.text ?? "")")
        }
        #expect(enumeration.histories > 150)
    }

    @Test(arguments: Enumeration.Beginning.allCases)
    func norDoesOneWithJournals(beginning: Enumeration.Beginning) {
        var enumeration = Enumeration(mode: .asynchronous, hasJournals: true, beginning: beginning, events: 2)
        enumeration.run()
        if let finding = enumeration.finding {
            Issue.record("\(finding.violation)\n\(finding.script.play(isTold: true).timeline?.text ?? "")")
        }
        #expect(enumeration.histories > 150)
    }

    @Test func aPlantedBugIsFound() {
        var enumeration = Enumeration(
            mode: .synchronous(.never), beginning: .parted, events: 2, sabotage: .dropsMarks)
        enumeration.run()
        #expect(enumeration.finding?.violation.rule != nil)
        #expect(enumeration.finding?.script.play().violation != nil)
    }
}
