// What is done, step by step, to show a program the machine as a host of the bench sees it. Paths beginning with "at" are
// those inside the view; all others are the machine's own. A step is one line of text, so that a plan can be read, kept
// as a golden file, and handed to `hostexec`, which shares nothing with the program that makes it but this format.

/// - Source: mount(2), pivot_root(2).
package enum MountStep: Hashable, Sendable {
    /// Begins the view: an empty file system at a folder of the machine. `name` is its source in the mount table, by
    /// which processes in the view are known from outside.
    case root(folder: String, name: String)
    /// The machine's top-level entries, except these: folders with all that is mounted below them, links as links.
    case machine(except: [String])
    case tmpfs(at: String)
    case folder(at: String)
    /// A folder or file, with what is mounted below it. An optional one is left out if it cannot be looked at.
    case bind(String, at: String, isOptional: Bool)
    /// In `at`, a link `to`/NAME for every NAME in the machine's folder `from`, unless the name is there or excepted
    /// (`horcm*` excepts all that begin so).
    case links(at: String, from: String, to: String, except: [String])
    case link(at: String, to: String)
    /// `/dev`, with nodes and folders like the machine's, except the names listed and those that begin with `sd`.
    case devices(except: [String])
    /// A block device node, mode 0660.
    case node(at: String, DeviceNumber)
}

/// The number of a block device.
package struct DeviceNumber: Hashable, Sendable {
    package var major: UInt32
    package var minor: UInt32

    package init(major: UInt32, minor: UInt32) {
        self.major = major
        self.minor = minor
    }

    /// As in /sys: `7:12`.
    package init?(parsing text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let major = UInt32(parts[0]), let minor = UInt32(parts[1]) else { return nil }
        self.init(major: major, minor: minor)
    }
}

extension MountStep {
    /// The words of the step's line; the first is its verb.
    var words: [String] {
        switch self {
        case .root(let folder, let name): ["root", folder, name]
        case .machine(let except): ["machine"] + except
        case .tmpfs(let at): ["tmpfs", at]
        case .folder(let at): ["folder", at]
        case .bind(let source, let at, let isOptional): [isOptional ? "bind-if-there" : "bind", source, at]
        case .links(let at, let from, let to, let except): ["links", at, from, to] + except
        case .link(let at, let to): ["link", at, to]
        case .devices(let except): ["devices"] + except
        case .node(let at, let number): ["node", at, "\(number.major):\(number.minor)"]
        }
    }

    /// - Returns: nil if the words are no step.
    init?(words: [String]) {
        guard let verb = words.first else { return nil }
        let rest = Array(words.dropFirst())
        switch (verb, rest.count) {
        case ("root", 2): self = .root(folder: rest[0], name: rest[1])
        case ("machine", _): self = .machine(except: rest)
        case ("tmpfs", 1): self = .tmpfs(at: rest[0])
        case ("folder", 1): self = .folder(at: rest[0])
        case ("bind", 2): self = .bind(rest[0], at: rest[1], isOptional: false)
        case ("bind-if-there", 2): self = .bind(rest[0], at: rest[1], isOptional: true)
        case ("links", 3...): self = .links(at: rest[0], from: rest[1], to: rest[2], except: Array(rest[3...]))
        case ("link", 2): self = .link(at: rest[0], to: rest[1])
        case ("devices", _): self = .devices(except: rest)
        case ("node", 2):
            guard let number = DeviceNumber(parsing: rest[1]) else { return nil }
            self = .node(at: rest[0], number)
        default: return nil
        }
    }
}
