// The bench file of a world.

import CommandDevice
import ReplicationCore

extension MatrixWorld {
    static func yaml(_ kind: WorldKind) -> String {
        """
        clock: \(clockRate)x
        arrays:
          - name: east
            serial: 30053
            ledger: off
            \(room(kind))
            timers: \(timers(kind))
            ldevs:
              - { id: 00:10, size: \(size(kind)), count: \(kind.pairCount * (kind.isLocal ? 2 : 1)), port: CL1-A, lun: 0 }
          - name: west
            serial: 30054
            ledger: off
            \(room(kind))
            timers: \(timers(kind))
            ldevs:
              - { id: 00:10, size: \(size(kind)), count: \(kind.pairCount), port: CL1-D, lun: 0 }
        links:
          - { name: east-west, between: [east, west], kind: unix }
        hosts:
          - { name: east, array: east, instance: 0 }
          - { name: \(kind.isLocal ? "second, array: east" : "west, array: west"), instance: 1 }
        groups:
          - name: \(group)
            hosts: [east, \(kind.isLocal ? "second]\n    mirror: 0" : "west]")
            pairs: [\(pairs(kind))]

        """
    }

    private static func pairs(_ kind: WorldKind) -> String {
        zip(volumes, kind.pairings).map { "{ name: \($0), ldevs: [\($1.local), \($1.remote)] }" }
            .joined(separator: ", ")
    }

    private static func size(_ kind: WorldKind) -> String {
        switch kind.temper {
        case .slow: "16GiB"
        // More than a journal takes.
        case .impatientSideFile: kind.hasJournals ? "32MiB" : "8MiB"
        case .usual, .impatient, .patientSideFile: "8MiB"
        }
    }

    /// Where writes wait for the other array. A second journal is nobody's.
    private static func room(_ kind: WorldKind) -> String {
        guard kind.hasJournals else {
            return switch kind.temper {
            case .patientSideFile, .impatientSideFile: "side-file: { capacity: 4MiB, high-water: 30% }"
            case .usual, .slow, .impatient: "side-file: { capacity: 16MiB, high-water: 30% }"
            }
        }
        // Above the mark responses are delayed: what is to overflow at once has none.
        let highWater = kind.temper == .impatientSideFile ? "100%" : "30%"
        return "journals: [{ id: 0, ldevs: [00:F0], size: 16MiB, high-water: \(highWater) }, "
            + "{ id: 1, ldevs: [00:F1, 00:F2], size: 16MiB }]"
    }

    /// A minute is a second here.
    private static func timers(_ kind: WorldKind) -> String {
        switch kind.temper {
        case .usual, .slow: "{ link: 86400s, heartbeat: 60s }"
        case .impatient: "{ link: 6s, heartbeat: 60s }"
        case .patientSideFile: "{ link: 86400s, heartbeat: 86400s }"
        case .impatientSideFile: "{ link: 86400s, side-file: 6s, journal: 6s, heartbeat: 86400s }"
        }
    }
}
