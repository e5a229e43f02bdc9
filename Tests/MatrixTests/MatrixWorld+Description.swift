// The bench file of a world.

extension MatrixWorld {
    static func yaml(_ kind: WorldKind) -> String {
        """
        clock: \(clockRate)x
        arrays:
          - name: east
            serial: 30053
            ledger: off
            \(sideFile(kind))
            timers: \(timers(kind))
            ldevs:
              - { id: 00:10, size: \(size(kind)), count: \(kind == .local ? 2 : 1), port: CL1-A, lun: 0 }
          - name: west
            serial: 30054
            ledger: off
            \(sideFile(kind))
            timers: \(timers(kind))
            ldevs:
              - { id: 00:10, size: \(size(kind)), port: CL1-D, lun: 0 }
        links:
          - { name: east-west, between: [east, west], kind: unix }
        hosts:
          - { name: east, array: east, instance: 0 }
          - { name: \(kind == .local ? "second, array: east" : "west, array: west"), instance: 1 }
        groups:
          - name: \(group)
            hosts: [east, \(kind == .local ? "second]\n    mirror: 0" : "west]")
            pairs:
              - { name: \(volume), ldevs: [00:10, \(kind == .local ? "00:11" : "00:10")] }

        """
    }

    private static func size(_ kind: WorldKind) -> String { kind == .slow ? "16GiB" : "8MiB" }

    private static func sideFile(_ kind: WorldKind) -> String {
        switch kind {
        case .patientSideFile, .impatientSideFile: "side-file: { capacity: 4MiB, high-water: 30% }"
        case .usual, .slow, .impatient, .local: "side-file: { capacity: 16MiB, high-water: 30% }"
        }
    }

    /// A minute is a second here.
    private static func timers(_ kind: WorldKind) -> String {
        switch kind {
        case .usual, .slow, .local: "{ link: 86400s, heartbeat: 60s }"
        case .impatient: "{ link: 6s, heartbeat: 60s }"
        case .patientSideFile: "{ link: 86400s, heartbeat: 86400s }"
        case .impatientSideFile: "{ link: 86400s, side-file: 6s, heartbeat: 86400s }"
        }
    }
}
