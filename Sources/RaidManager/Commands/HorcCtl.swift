// horcctl: the instance itself: shut it down, show its command device and its partners' addresses.
//
// - Source: RAID Manager reference, section 2.14.

internal import CommandDevice

package struct HorcCtl: Command {
    package static let name = "horcctl"
    package static let usage = [
        " -S            Shut the instance down",
        " -D            Show the command device in use",
        " -u <unit>     Specify the array",
        " -ND -g <group>  Show the partner's network address",
    ]

    private enum Question {
        case shutDown
        case commandDevice
        case address
    }

    private var question: Question?
    private var unit = 0
    private var group: String?

    package init(reading arguments: inout ArgumentReader) throws(HorcmFailure) {
        while let option = arguments.next() {
            switch option {
            case "-S": question = .shutDown
            case "-D": question = .commandDevice
            case "-ND": question = .address
            case "-u": unit = try arguments.number(of: option, in: 0...63)
            case "-g": group = try arguments.value(of: option)
            // Tracing is accepted and has no effect.
            case "-l", "-b", "-s", "-t": _ = arguments.next { !$0.hasPrefix("-") }
            case "-c": continue
            case _: throw .unknown(option)
            }
        }
        if question == .address && group == nil { throw .missing("-g <group>") }
    }

    package func run(in session: any HorcmSession, _ mode: CopyMode) throws(HorcmFailure) -> Int32 {
        switch question {
        case .shutDown: try shutDown(session)
        case .commandDevice:
            let devices = try session.information().commandDevices
            guard devices.indices.contains(unit) else { throw HorcmFailure(.noSuchDevice) }
            session.show("Current control device = \(devices[unit])")
        case .address:
            guard let found = try session.information().groups.first(where: { $0.name == group }) else {
                throw HorcmFailure(.noSuchDeviceOrGroup)
            }
            session.show("Current network address = \(found.address),services = \(found.service)")
        case nil: _ = try session.information()
        }
        return 0
    }

    private func shutDown(_ session: any HorcmSession) throws(HorcmFailure) {
        let instance = try session.information().instance
        switch try session.ask(.shutDown) {
        case .done: session.show("HORCM Shutdown \(instance.map { "inst \($0) " } ?? "")!!!")
        case .failed(let failure): throw failure
        case .information, .volumes, .array: throw HorcmFailure(.invalidReturnCode)
        }
    }
}
