// A table as data: its heading and its columns, each with the mark of its source. What printf's widths do is done by
// `Column`; clients take the rows apart at fixed places, so a width is a fact as well.

package struct Column<Row>: Sendable {
    package let title: String
    /// `%<width>s`; below zero `%-<width>s`.
    package let width: Int
    /// Stands before the column, whatever its value.
    package let glue: String
    package let certainty: Certainty
    package let section: String
    /// Shown for nil.
    package let empty: String
    package let text: @Sendable (Row) -> String?

    package init(
        _ title: String, _ width: Int, _ certainty: Certainty, _ section: String, glue: String = " ",
        empty: String = "-", _ text: @escaping @Sendable (Row) -> String?
    ) {
        self.title = title
        self.width = width
        self.glue = glue
        self.certainty = certainty
        self.section = section
        self.empty = empty
        self.text = text
    }

    func cell(_ row: Row) -> String { glue + aligned(text(row) ?? empty) }

    private func aligned(_ text: String) -> String { width < 0 ? text.left(-width) : text.right(width) }
}

package struct ScreenTable<Row>: Sendable {
    /// Such as `raidqry -l`.
    package let name: String
    package let header: Fact<String>
    package let columns: [Column<Row>]

    package init(_ name: String, header: Fact<String>, _ columns: [Column<Row>]) {
        self.name = name
        self.header = header
        self.columns = columns
    }

    /// The heading and a line for each row.
    package func lines(_ rows: [Row]) -> [String] { [header.value] + rows.map(line) }

    package func line(_ row: Row) -> String { columns.map { $0.cell(row) }.joined() }

    package var facts: [FactLine] {
        [FactLine("screen \(name)", header.value, header.certainty, header.section)]
            + columns.map { FactLine("column \($0.title) of \(name)", "width \($0.width)", $0.certainty, $0.section) }
    }
}
