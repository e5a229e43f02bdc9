// The cells of the matrix: in which face, state, role and world of a pair every command's lines are run.
//
// - Source: RAID Manager reference, sections 5.1 (states), 5.2 and 5.3 (what is legal where, failures by fence level).

import RaidManager

/// What kind of pair it is: a fence of a remote pair, an asynchronous one with journals, or a local copy.
enum Face: String, CaseIterable, Sendable {
    case data = "DATA"
    case status = "STATUS"
    case never = "NEVER"
    case async = "ASYNC"
    case journal = "JOURNAL"
    case local = "MRCF"

    var mode: CopyMode { self == .local ? .mrcf : .horc }
    /// nil: local copies have none.
    var fence: FenceWord? { self == .journal ? .async : FenceWord(rawValue: rawValue) }
    /// Whether the pairs of a group are one consistency group, with one order of writes.
    var isOrdered: Bool { self == .async || self == .journal }
    var fileName: String { rawValue.lowercased() }
    /// As a sheet's first lines call it.
    var title: String {
        switch self {
        case .data, .status, .never, .async: "fence \(rawValue)"
        case .journal: "pairs with journals"
        case .local: "local copies"
        }
    }

    var states: [CellState] { CellState.allCases.filter { $0.exists(in: self) } }

    /// Without its own instance a command is the same in every state: one is enough. To the rules of a group a dead array
    /// is what a dead partner is: the other side is not known.
    func worlds(in state: CellState) -> [CellWorld] {
        CellWorld.allCases.filter { world in
            switch world {
            case .alive, .partnerDead: true
            case .arrayDead: !state.isOfTwo
            case .linkDown: self != .local
            case .instanceDead: state == .pair
            }
        }
    }
}

enum CellState: String, CaseIterable, Sendable {
    case simplex = "SMPL"
    /// As long as the cell lasts: what carries the copy is slow.
    case copy = "COPY"
    case pair = "PAIR"
    case split = "PSUS"
    case splitWritable = "PSUS -rw"
    /// By a fault; both sides know it, unless the world keeps them from it.
    case failed = "PSUE"
    case takenOver = "SSWS"
    /// The side file above its high-water mark: nothing that is sent arrives.
    case aboveHighWater = "PFUL"
    case overflowed = "PFUS"
    /// A local copy back to its primary, as long as the cell lasts.
    case restoring = "RCPY"

    // Groups of two pairs: the state of the first, then that of the second.
    case pairs = "PAIR+PAIR"
    case pairAndSplit = "PAIR+PSUS"
    case pairAndFailed = "PAIR+PSUE"
    case splitAndFailed = "PSUS+PSUE"
    case pairAndTakenOver = "PAIR+SSWS"
    case pairAndSimplex = "PAIR+SMPL"
    case copyAndPair = "COPY+PAIR"
    /// Where the first pair has its primary the second has its secondary.
    case crossed = "PAIR+PAIR crossed"

    func exists(in face: Face) -> Bool {
        switch self {
        case .simplex, .copy, .pair, .split, .failed, .pairs, .pairAndSplit, .splitAndFailed, .pairAndSimplex: true
        case .splitWritable, .takenOver: face != .local
        case .aboveHighWater, .overflowed: face.isOrdered
        case .restoring: face == .local
        // A fault or a takeover hits all pairs of a consistency group, and they have their primaries on one side.
        case .pairAndFailed, .copyAndPair: !face.isOrdered
        case .pairAndTakenOver, .crossed: !face.isOrdered && face != .local
        }
    }

    /// Whether it is that of a group of two pairs.
    var isOfTwo: Bool { rawValue.contains("+") }
    var isCopying: Bool { self == .copy || self == .copyAndPair }
}

/// On which side the commands are run.
enum CellRole: String, CaseIterable, Sendable {
    case primary = "P-VOL"
    case secondary = "S-VOL"
    case simplex = "SMPL"
}

/// What of the rest of the world is left when the commands are run. It broke after the state was reached.
enum CellWorld: String, CaseIterable, Sendable {
    case alive
    case partnerDead = "partner dead"
    /// The array of the other side; for local copies that of both.
    case arrayDead = "array dead"
    case linkDown = "link down"
    /// The instance that commands are asked to.
    case instanceDead = "no instance"
}

struct Cell: Hashable, Sendable, CustomStringConvertible {
    var face: Face
    var state: CellState
    var role: CellRole
    var world: CellWorld

    var description: String { "\(face.rawValue) \(place): \(world.rawValue)" }
    /// Whether something changes by itself as long as the cell lasts.
    var isInMotion: Bool { state.isCopying && face != .local }
    /// `P-VOL PSUS -rw`; a simplex volume has one name for both.
    var place: String { role == .simplex ? state.rawValue : "\(role.rawValue) \(state.rawValue)" }

    /// In the order in which the sheets list them.
    static let all: [Cell] = Face.allCases.flatMap { face in
        face.states.flatMap { state in
            (state == .simplex ? [CellRole.simplex] : [.primary, .secondary]).flatMap { role in
                face.worlds(in: state).map { Cell(face: face, state: state, role: role, world: $0) }
            }
        }
    }
}

extension Cell {
    /// A quarter of the cells, so that each state, role, world and face occurs, and most pairs of them.
    var isInOrdinaryRun: Bool {
        guard let face = Face.allCases.firstIndex(of: face), let state = CellState.allCases.firstIndex(of: state),
            let role = CellRole.allCases.firstIndex(of: role), let world = CellWorld.allCases.firstIndex(of: world)
        else { return true }
        return (face + state + role + world) % 4 == 0
    }
}
