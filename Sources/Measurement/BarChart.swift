// A chart that needs no program to be drawn: horizontal bars at the median, a whisker from the least to the most.

internal import Foundation

package struct BarChart: Sendable {
    package struct Bar: Sendable {
        var name: String
        var series: Series
        package init(_ name: String, _ series: Series) {
            self.name = name
            self.series = series
        }
    }

    private let title: String
    private let bars: [Bar]

    package init(title: String, bars: [Bar]) {
        self.title = title
        self.bars = bars
    }

    private static let labelWidth = 220.0
    private static let barWidth = 480.0
    private static let rowHeight = 26.0

    package var svg: String {
        let most = max(bars.map(\.series.most).max() ?? 0, 1)
        let height = 44 + Self.rowHeight * Double(bars.count)
        let width = Self.labelWidth + Self.barWidth + 100
        var text = """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" font-family="sans-serif" font-size="13">
            <rect width="100%" height="100%" fill="white"/>
            <text x="12" y="22" font-size="15" font-weight="bold" fill="#222">\(Self.escaped(title))</text>

            """
        for (index, bar) in bars.enumerated() {
            let y = 36 + Self.rowHeight * Double(index)
            let scale = Self.barWidth / most
            let middle = y + Self.rowHeight / 2
            let (least, end) = (bar.series.least * scale, bar.series.most * scale)
            text += """
                <text x="\(Self.labelWidth - 8)" y="\(middle + 4)" text-anchor="end" fill="#222">\(Self.escaped(bar.name))</text>
                <rect x="\(Self.labelWidth)" y="\(y + 4)" width="\(bar.series.median * scale)" height="\(Self.rowHeight - 8)" \
                fill="#4878a8"/>
                <line x1="\(Self.labelWidth + least)" x2="\(Self.labelWidth + end)" y1="\(middle)" y2="\(middle)" stroke="#222"/>
                <text x="\(Self.labelWidth + end + 6)" y="\(middle + 4)" fill="#222">\(Int(bar.series.median.rounded()))</text>

                """
        }
        return text + "</svg>\n"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
