internal import Bench
internal import Foundation

extension CampaignReport {
    /// Pretty printed with sorted keys; the keys are the properties' names.
    package var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        }
    }

    package init(json: String) throws { self = try JSONDecoder().decode(Self.self, from: Data(json.utf8)) }
}
