// Do groups of thousands of pairs pass between two instances, whose datagrams are small? And does a split stop waiting when
// it is told to?

import CommandDevice
import Foundation
import RaidManager
import ReplicationCore
import TestSupport
import Testing

@Suite struct LargeGroupTests {
    /// `FakePartner` loses every message that does not fit into a datagram.
    @Test func fourThousandPairsPassBetweenTwoInstances() {
        let session = Situation.named("pair").session(.async, from: .secondary, volumes: 4096)
        #expect(run("pairdisplay -g oradb -CLI", in: session).output.count == 2 * 4096 + 1)
        #expect(run("pairvolchk -g oradb -c -ss", in: session).status == 43)
        // The primaries' array is asked through the partner, with one order for all.
        #expect(run("pairsplit -g oradb", in: session).status == 0)
        guard case .split(let ldevs, .secondaryReadOnly) = session.remote.performed.first else {
            Issue.record("\(session.remote.performed.count) orders")
            return
        }
        #expect(ldevs.count == 4096 && session.remote.performed.count == 1)
        let simplex = Situation.named("simplex").session(.async, volumes: 4096)
        #expect(run("paircreate -g oradb -vr -f async", in: simplex).status == 0)
        #expect(simplex.remote.performed.count == 1)
    }

    @Test func aSplitIsNoLongerWaitedForThanTheTimeout() {
        for role in Role.allCases {
            let session = Situation.named("pair").session(.async, from: role)
            session.isSlow = true
            let outcome = run("pairsplit -g oradb -t 30", in: session)
            #expect(outcome.status == 233 && session.now == Moment(nanoseconds: 30_000_000_000))
            #expect(outcome.errors.first == "pairsplit: [EX_EWSTOT] Timeout waiting for specified status")
            // The array was asked, and goes on.
            let primary = role == .primary ? session.local : session.remote
            #expect(primary.performed == [.split([LDEVNumber(18)], .secondaryReadOnly)])
        }
        let quick = Situation.named("pair").session(.async)
        #expect(run("pairsplit -g oradb -t 30", in: quick).status == 0)
        // Without a timeout it waits as long as it takes.
        quick.isSlow = true
        #expect(run("pairsplit -g oradb -rw", in: quick).status == 0)
    }

    @Test(arguments: ["smk", "pid"]) func whatIsNotKnownIsRefusedByName(_ topic: String) {
        let outcome = run("pairdisplay -g oradb -v \(topic)", in: Situation.named("pair").session(.never))
        #expect(outcome.status == 248 && outcome.output.isEmpty)
        #expect(outcome.errors.contains { $0.contains("-v \(topic)") })
    }
}

@Suite struct EnvironmentTests {
    @Test(arguments: EnvironmentVariable.allCases)
    func everyVariableIsInTheDocumentation(_ variable: EnvironmentVariable) throws {
        let document = try String(contentsOfFile: Checkout.path("docs/raid-manager.md"), encoding: .utf8)
        #expect(document.contains("`\(variable.rawValue)`"))
    }
}
