// What is to be measured, and for how long.

package struct MeasurementPlan: Codable, Hashable, Sendable {
    package var rounds = 5
    package var seconds = 1.0
    package var volumeBytes = 512 << 20
    /// Fewer targets, loads and sizes.
    package var isQuick = false
    /// Where all files lie; a folder in memory or on a disk.
    package var folder = "/dev/shm"
    /// Names of the sections to run, in the report's order.
    package var sections = MeasurementSections.names

    package init() {}

    /// For daily use: most of it in under three minutes. The sections left out have a quick form too, for `--section`.
    package static var quick: MeasurementPlan {
        var plan = MeasurementPlan()
        (plan.rounds, plan.seconds, plan.isQuick) = (3, 0.25, true)
        plan.sections = [
            LoadsSection.name, ResyncSection.name, TimeToServiceSection.name, PostgresSection.name,
            CommandsSection.name,
        ]
        return plan
    }
}
