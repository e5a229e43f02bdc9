// From a volume as it is to a row of pairdisplay: which number stands in the % column, and what M says.
//
// - Source: RAID Manager reference, sections 3.6 and 3.7.

internal import CommandDevice
internal import ReplicationCore

extension PairRow {
    /// - Parameters:
    ///   - isFull: `-fc`, which alone shows PFUL, PFUS and SSWS.
    ///   - isHexadecimal: `-fx`.
    ///   - showsBitmap: `-fm`, the kind of bitmap in the M column: the bench marks tracks.
    package init(
        _ view: VolumeView, _ side: Side, isFull: Bool, isHexadecimal: Bool, showsBitmap: Bool = false
    ) {
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
        mirror = String(view.mirror)
        let device = report.deviceFile ?? report.snapshot?.blockDevice
        deviceFile = device.map { $0.hasPrefix("/dev/") ? String($0.dropFirst(5)) : $0 } ?? "Unknown"
        serial = String(report.serial.value)
        ldev = report.ldev.map { $0.text(isHexadecimal) } ?? "----"
        attribute = report.snapshot == nil ? "----" : view.attribute.rawValue
        mode = view.mode
        if let number = report.ldev { worldWideName = WorldWideName.ofUnit(report.serial, number) }
        guard let facts = view.facts else { return }
        var row = Pair()
        row.status = (isFull ? view.word : view.plainWord).rawValue
        row.fence = facts.fence?.rawValue ?? ""
        row.percent = facts.percent.map { String($0) }
        row.partnerSerial = facts.role == .primary ? String(facts.partnerSerial.value) : nil
        row.partnerLDEV = facts.partnerLDEV.text(isHexadecimal)
        row.mark = showsBitmap ? "T" : facts.mark
        row.journal = facts.journal.map { String($0) }
        row.copyPace = String(facts.copyPace)
        row.consistencyGroup = facts.consistencyGroup.map { String($0) }
        row.activePaths = facts.paths.map { String($0) } ?? "-"
        pair = row
    }
}

extension LDEVNumber {
    fileprivate func text(_ isHexadecimal: Bool) -> String { String(value, radix: isHexadecimal ? 16 : 10) }
}
