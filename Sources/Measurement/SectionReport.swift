// What a section found: tables of series, goals, and what could not be measured.

/// The figures of a section.
package struct SectionReport: Codable, Hashable, Sendable {
    package var name: String
    package var title: String
    package var tables: [ReportTable] = []
    package var goals: [Goal] = []
    /// "what: why it was not measured".
    package var missing: [String] = []
    /// Paragraphs under the heading: what one must know to read the tables.
    package var remarks: [String] = []

    package init<Section: MeasurementSection>(_ section: Section.Type) {
        name = section.name
        title = section.title
    }
}

/// Rows of the same figures.
package struct ReportTable: Codable, Hashable, Sendable {
    package struct Row: Codable, Hashable, Sendable {
        package var name: String
        /// By column; a column without a figure is shown empty.
        package var cells: [String: Series] = [:]
    }

    package var title: String
    /// Each with its unit.
    package var columns: [String]
    package private(set) var rows: [Row] = []
    /// The column that is drawn; nil for none.
    package var chart: String?

    package init(_ title: String, columns: [String], chart: String? = nil) {
        self.title = title
        self.columns = columns
        self.chart = chart
    }

    /// Adds one round's figure. Rows stand in the order of their first figure.
    package mutating func add(_ value: Double, _ column: String, to row: String) {
        precondition(columns.contains(column), "no column \(column) in \(title)")
        if let index = rows.firstIndex(where: { $0.name == row }) {
            rows[index].cells[column, default: Series()].add(value)
        } else {
            rows.append(Row(name: row, cells: [column: Series([value])]))
        }
    }

    package func series(_ row: String, _ column: String) -> Series? {
        rows.first { $0.name == row }?.cells[column]
    }

    /// The median of one row divided by that of another; nil if either is missing.
    package func ratio(_ row: String, _ other: String, _ column: String) -> Double? {
        guard let one = series(row, column), let two = series(other, column), two.median > 0 else { return nil }
        return one.median / two.median
    }
}
