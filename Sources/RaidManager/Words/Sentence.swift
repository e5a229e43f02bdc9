// Every sentence that a command or a script writes to stdout, with the mark of its source: scripts match them with regular
// expressions. `{}` stands for a value.

package enum Sentence: Hashable, Sendable, CaseIterable {
    case waitDone
    case takeoverDone
    case noEvent
    case simplexState
    case pairState
    case localPairState
    case controlDevice
    case controlDeviceChanged
    case instanceCounts
    case networkAddress
    case networkAddressChanged
    case shutDown
    case starting
    case started
    case alreadyRunning
    case noProcess
    case failedToStart
    case finished
    case signalled
    case launcherSignalled
    case shuttingDown
    case shutDownFailed

    // swift-format-ignore
    package var fact: Fact<String> {
        switch self {
        case .waitDone: Fact("{} : Wait status done.", .real, "2.6")
        case .takeoverDone: Fact("{} : {} done.", .known, "2.9")
        case .noEvent: Fact("no event", .several, "2.7")
        case .simplexState: Fact("{} : Volstat is {}.[status = SMPL]", .known, "2.5")
        case .pairState: Fact("{} : Volstat is {}.[status = {} fence = {} {} MINAP = {}]", .known, "2.5")
        case .localPairState: Fact("{} : Volstat is {}.[status = {} {}]", .several, "2.5")
        case .controlDevice: Fact("Current control device = {}", .several, "2.14")
        case .controlDeviceChanged: Fact("Changed control device({} -> {})", .inferred, "2.14")
        case .instanceCounts: Fact("AI = {} TI = {} CI = {}", .one, "2.14")
        case .networkAddress: Fact("Current network address = {},services = {}", .known, "2.14")
        case .networkAddressChanged: Fact("Changed network address({} -> {})", .known, "2.14")
        case .shutDown: Fact("HORCM Shutdown {}!!!", .one, "1.10")
        case .starting: Fact("starting {}", .real, "1.9")
        case .started: Fact("{} starts successfully.", .real, "1.9")
        case .alreadyRunning: Fact("{} has already been running.", .real, "1.9")
        case .noProcess: Fact("{} is not able to create any child-processes.", .real, "1.9")
        case .failedToStart: Fact("{} has failed to start.", .real, "1.9")
        case .finished: Fact("{} finished successfully.", .real, "1.9")
        case .signalled: Fact("{} has catched a signal.", .real, "1.9")
        case .launcherSignalled: Fact("/etc/horcmgr has catched a signal.", .real, "1.9")
        case .shuttingDown: Fact("inst {}:", .real, "1.10")
        case .shutDownFailed: Fact("failed in shutting HORCM {}down", .real, "1.10")
        }
    }

    /// The sentence with its values, from the left.
    package func callAsFunction(_ values: String...) -> String { fact.value.filled(values) }
}

extension String {
    /// This text with each `{}` replaced by the next value.
    func filled(_ values: [String]) -> String {
        var text = ""
        var rest = values[...]
        var isOpen = false
        for character in self {
            switch character {
            case "{": isOpen = true
            case "}" where isOpen:
                text += rest.popFirst() ?? ""
                isOpen = false
            case _: text.append(character)
            }
        }
        return text
    }
}
