// One part of a measurement: what it measures, and how it hands its figures over. Adding a section means adding a file
// shaped like its neighbours in `Sections` and a line in `MeasurementSections.all`.

package import Bench

/// What a section is given.
package struct MeasurementSurroundings: Sendable {
    package let plan: MeasurementPlan
    /// The section's own folder: there, empty, the owner's alone; removed with all that is in it afterwards.
    package let folder: String
    let report: ProgressReport

    /// - Parameter done: 0 to 1; nil if nobody can tell.
    package func progress(_ text: String, _ done: Double? = nil) { report(text, done) }
}

/// A part of the report.
///
/// `measure` leaves no process, mount, loop device or name space behind, whatever it throws: what it starts it ends in
/// `cleanUp`, which is called exactly once after `measure`, also after an interruption.
package protocol MeasurementSection: Sendable {
    /// What `--section` calls it, and its tables' files begin with.
    static var name: String { get }
    /// Its heading in the report, and a line of `--help`.
    static var title: String { get }

    init()
    mutating func measure(_ surroundings: MeasurementSurroundings) async throws(BenchFailure) -> SectionReport
    mutating func cleanUp() async
}

/// All sections, in the order of the report.
package enum MeasurementSections {
    package static let all: [any MeasurementSection.Type] = [
        LoadsSection.self, LadderSection.self, FloorsSection.self, ResyncSection.self, ShapedLinksSection.self,
        SystemCallsSection.self, CommandsSection.self,
        ScaleSection.self, TimeToServiceSection.self, PostgresSection.self,
    ]
    package static var names: [String] { all.map { $0.name } }
}
