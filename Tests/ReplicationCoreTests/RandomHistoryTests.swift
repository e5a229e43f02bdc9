// Do the invariants hold in histories that nobody thought of? A failing history prints its seed; run that seed alone
// with `isTold` to have its story.

import Testing

struct RandomHistoryTests {
    static let historiesPerMood = 600

    @Test(arguments: 0..<4)
    func invariantsHold(mood number: Int) {
        let mood = Self.moods[number]
        for index in 0..<UInt64(Self.historiesPerMood) {
            let seed = UInt64(number) << 32 | index
            guard let violation = History.run(seed: seed, mood: mood).violation else { continue }
            let told = History.run(seed: seed, mood: mood, isTold: true)
            Issue.record(
                "mood \(number), seed \(seed): \(violation)\n\(told.trace.suffix(400).joined(separator: "\n"))")
            return
        }
    }

    static let moods: [History.Mood] = [
        // Operators and hosts, no fault.
        History.Mood(steps: 200, operators: 3, crashes: 0, cuts: 0, failingDevices: false),
        // Links come and go.
        History.Mood(steps: 250, operators: 2, crashes: 0, cuts: 3),
        // Everything at once.
        History.Mood(steps: 300, operators: 2, crashes: 2, cuts: 1),
        // Pairs are deleted too.
        History.Mood(steps: 250, operators: 3, crashes: 1, cuts: 1, deletes: true),
    ]
}
