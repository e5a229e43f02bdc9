// The cells of the matrix: in which face, state, role and world of a pair every command's lines are run.
//
// - Source: RAID Manager reference, sections 5.1 (states), 5.2 and 5.3 (what is legal where, failures by fence level).

import RaidManager

/// What kind of pair it is: a fence of a remote pair, or a local copy.
enum Face: String, CaseIterable, Sendable {
    case data = "DATA"
    case status = "STATUS"
    case never = "NEVER"
    case async = "ASYNC"
    case local = "MRCF"

    var mode: CopyMode { self == .local ? .mrcf : .horc }
    /// nil: local copies have none.
    var fence: FenceWord? { FenceWord(rawValue: rawValue) }
    var fileName: String { rawValue.lowercased() }

    var states: [CellState] { CellState.allCases.filter { $0.exists(in: self) } }

    /// Without its own instance a command is the same in every state: one is enough.
    func worlds(in state: CellState) -> [CellWorld] {
        let broken: [CellWorld] = self == .local ? [.partnerDead, .arrayDead] : [.partnerDead, .arrayDead, .linkDown]
        return [.alive] + broken + (state == .pair ? [.instanceDead] : [])
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

    func exists(in face: Face) -> Bool {
        switch self {
        case .simplex, .pair, .split, .failed: true
        // A local copy cannot be held still: nothing is slow within an array. `RaidManagerTests` shows its COPY and RCPY.
        case .copy, .splitWritable, .takenOver: face != .local
        case .aboveHighWater, .overflowed: face == .async
        }
    }
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
    /// A third of the cells, so that each state, role, world and face occurs, and most pairs of them.
    var isInOrdinaryRun: Bool {
        guard let face = Face.allCases.firstIndex(of: face), let state = CellState.allCases.firstIndex(of: state),
            let role = CellRole.allCases.firstIndex(of: role), let world = CellWorld.allCases.firstIndex(of: world)
        else { return true }
        return (face + state + role + world) % 3 == 0
    }
}
