// The judge's errand: reads a record and the copies, lets `StampJudge` judge. Nothing is written anywhere.

internal import Platform

package enum StampCheck {
    /// - Parameters:
    ///   - copies: a device or file for each volume of the record, in its order.
    ///   - wallMoment: what ages count from, nanoseconds since 1970; else the last acknowledgement.
    /// - Throws: if a file cannot be read, or the copies do not fit the record. A damaged record is no failure: its
    ///   verdict is `unknown`.
    package static func judge(
        record: String, copies: [String], acrossVolumes: Bool = true, asOf wallMoment: UInt64? = nil
    ) throws(WorkloadFailure) -> StampVerdict {
        let history: LoadHistory
        do { history = try LoadHistory.read(record) } catch {
            switch error {
            case .damaged(let damage): return .unknown(damage)
            case .failed(let failure): throw failure
            }
        }
        let header = history.header
        guard header.subject == .stampedLoad else {
            throw WorkloadFailure(
                "\(record) is the record of a file exerciser", remedy: "use: arraybench load fsx --check")
        }
        guard copies.count == header.volumes.count else {
            throw WorkloadFailure(
                "\(copies.count) copies for \(header.volumes.count) volumes",
                remedy: "name one copy for each: " + header.volumes.map(\.path).joined(separator: ", "))
        }
        var judge = StampJudge(history, acrossVolumes: acrossVolumes)
        for (volume, path) in copies.enumerated() {
            guard let extent = judge.extent(of: volume) else { continue }
            do throws(SystemFailure) {
                unsafe try scan(try BlockFile(path, writing: false), extent) { offset, bytes in
                    unsafe judge.look(volume: volume, offset: offset, bytes)
                }
            } catch { throw WorkloadFailure(error) }
        }
        let moment = wallMoment.map { wall in
            wall >= header.wallNanoseconds ? header.monotonicNanoseconds + (wall - header.wallNanoseconds) : 0
        }
        return judge.verdict(asOf: moment)
    }
}
