// The machine that commands run on, as far as they look at it: its device files, the arrays behind them, and what is
// piped into a command. inqraid talks to arrays this way, without an instance, as the real one does.

package import CommandDevice
package import ReplicationCore

package protocol HostMachine: AnyObject {
    /// The host's device files, as they are now.
    var devices: HostDevices { get }
    /// The device that a path leads to: by its name, through a symbolic link, by its device number, or by the file
    /// behind it.
    func device(at path: String) -> HostDevice?
    /// Asks the array of that serial through its command device.
    /// - Throws: EX_CMDIOE if it has none on this host or does not answer.
    func perform(_ request: ArrayRequest, on serial: ArraySerial) throws(HorcmFailure) -> ArrayReply
    /// The lines of standard input, to its end.
    func inputLines() -> [String]
    /// The next line of standard input; nil at its end. What comes behind the line is left for others.
    /// - Parameters:
    ///   - prompt: shown if a person is asked.
    ///   - isSecret: the person's answer is not shown.
    func inputLine(_ prompt: String, isSecret: Bool) -> String?
    /// As whom arrays know who calls here.
    var client: AdministrationClient { get }
    /// Writes a file in the folder where the command was called.
    /// - Throws: EX_INVARG if it cannot be written.
    func write(_ text: String, to name: String) throws(HorcmFailure)
}

extension HostMachine {
    /// All volumes of a selection, page by page.
    package func volumes(_ selection: VolumeSelection, on serial: ArraySerial) throws(HorcmFailure) -> [VolumeSnapshot]
    {
        try VolumePages.all(selection, of: serial) { (request) throws(HorcmFailure) in
            try perform(request, on: serial)
        }
    }

    package func identity(of serial: ArraySerial) throws(HorcmFailure) -> ArrayIdentity {
        switch try perform(.identify, on: serial) {
        case .identity(let identity): return identity
        case .refused(let refusal, let ldev): throw HorcmFailure(refusal, from: serial, ldev: ldev)
        case .volumes, .done, .inventory, .journal, .guards, .administration: throw HorcmFailure(.invalidReturnCode)
        }
    }

    package func ask(_ question: InventoryQuestion, of serial: ArraySerial) throws(HorcmFailure) -> InventoryAnswer {
        switch try perform(.inventory(question), on: serial) {
        case .inventory(let answer): return answer
        case .refused(let refusal, let ldev): throw HorcmFailure(refusal, from: serial, ldev: ldev)
        case .identity, .volumes, .done, .journal, .guards, .administration: throw HorcmFailure(.invalidReturnCode)
        }
    }
}

/// Volumes that an array gives page by page.
enum VolumePages {
    static func all(
        _ selection: VolumeSelection, of serial: ArraySerial,
        _ ask: (ArrayRequest) throws(HorcmFailure) -> ArrayReply
    ) throws(HorcmFailure) -> [VolumeSnapshot] {
        var snapshots: [VolumeSnapshot] = []
        var from: UInt32? = 0
        while let place = from {
            switch try ask(.volumes(selection, from: place)) {
            case .volumes(let page, let next):
                snapshots += page
                from = next.flatMap { $0 > place ? $0 : nil }
            case .refused(let refusal, let ldev): throw HorcmFailure(refusal, from: serial, ldev: ldev)
            case .identity, .done, .inventory, .journal, .guards, .administration:
                throw HorcmFailure(.invalidReturnCode)
            }
        }
        return snapshots
    }
}
