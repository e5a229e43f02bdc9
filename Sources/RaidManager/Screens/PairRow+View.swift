// From a volume as it is to a row of pairdisplay: which number stands in the % column, and what M says.
//
// - Source: RAID Manager reference, sections 3.6 and 3.7.

internal import CommandDevice
internal import ReplicationCore

extension PairRow {
    /// - Parameters:
    ///   - isFull: `-fc`, which alone shows PFUL, PFUS and SSWS.
    ///   - isHexadecimal: `-fx`.
    package init(_ view: VolumeView, _ side: Side, isFull: Bool, isHexadecimal: Bool) {
        self.init()
        let report = view.report
        group = report.group
        name = report.name
        self.side = side
        if let path = report.path {
            port = path.port
            target = String(path.target)
            lun = String(path.lun)
        }
        mirror = report.mirror.last.map(String.init) ?? "0"
        let device = report.deviceFile ?? report.snapshot?.blockDevice
        deviceFile = device.map { $0.hasPrefix("/dev/") ? String($0.dropFirst(5)) : $0 } ?? "Unknown"
        serial = String(report.serial.value)
        ldev = report.ldev.map { $0.text(isHexadecimal) } ?? "----"
        attribute = report.snapshot == nil ? "----" : view.attribute.rawValue
        guard let snapshot = view.pair else { return }
        var row = Pair()
        row.status = (isFull ? view.word : view.plainWord).rawValue
        row.fence = snapshot.fence.rawValue
        row.percent = snapshot.percent.map { String($0) }
        row.partnerSerial = snapshot.role == .primary ? String(snapshot.remoteSerial.value) : nil
        row.partnerLDEV = snapshot.remoteLDEV.text(isHexadecimal)
        row.mark = snapshot.mark
        row.consistencyGroup = snapshot.consistencyGroup.map { String($0) }
        row.activePaths = snapshot.isLinkUp ? "1" : "0"
        pair = row
    }
}

extension LDEVNumber {
    fileprivate func text(_ isHexadecimal: Bool) -> String { String(value, radix: isHexadecimal ? 16 : 10) }
}

extension PairSnapshot {
    /// The % column with `-fc`; nil: nothing is known on this side.
    var percent: UInt8? {
        switch (word, mode, role) {
        case (.copy, _, .secondary): nil
        case (.copy, _, .primary): cleanPercent
        case (.pair, .asynchronous, _), (.pful, .asynchronous, _): sideFilePercent
        case (_, _, _): cleanPercent
        }
    }

    /// The M column: `W` for a secondary that may be, or was, written by its hosts.
    var mark: String {
        switch (role, word) {
        case (.primary, .psus): isSecondaryHostWritable ? "W" : "-"
        case (.secondary, .ssus), (.secondary, .ssws): isWrittenSinceSplit ? "W" : "-"
        case (_, _): "-"
        }
    }
}
