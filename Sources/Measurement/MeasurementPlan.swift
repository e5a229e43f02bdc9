// What is to be measured, and for how long.

package struct MeasurementPlan: Codable, Hashable, Sendable {
    package var rounds = 5
    package var seconds = 2.0
    package var volumeBytes = 512 << 20
    /// Fewer targets, loads and sizes: the whole in under three minutes.
    package var isQuick = false
    /// Where all files lie; a folder in memory or on a disk.
    package var folder = "/dev/shm"
    /// Names of the sections to run, in the report's order.
    package var sections = MeasurementSections.names

    package init() {}

    package static var quick: MeasurementPlan {
        var plan = MeasurementPlan()
        (plan.rounds, plan.seconds, plan.isQuick) = (3, 0.7, true)
        return plan
    }
}
