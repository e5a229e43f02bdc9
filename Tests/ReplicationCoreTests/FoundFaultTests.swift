// What random histories found in the core, each as the shortest story that shows it.

internal import ReplicationCore
import Testing

struct FoundFaultTests {
    @Test(arguments: ReplicationMode.allCases)
    func takeoverBetweenConnectionAndGreetingReachesThePrimary(mode: ReplicationMode) {
        var world = World.paired(mode)
        world.loseLink()
        world.connect()
        world.deliver(to: .a, times: 1)
        let takeover = world.ask(.b, .takeOver)
        world.runDry()
        #expect(world.hasEnded(takeover))
        #expect(world.status(.a)?.isSuspended == true)
        world.write(.a, first: 3)
        world.runDry()
        world.bringHome()
        #expect(world.violation == nil)
    }
}
