// What an instance does about itself: which command device and which partner it uses, and which volumes it may change.
//
// - Source: RAID Manager reference, sections 1.8 and 2.14.

internal import CommandDevice
internal import ReplicationCore

extension InstanceService {
    /// The information as it is now: command devices and partners may have changed since the start.
    var currentInformation: InstanceInformation {
        let state = memory.change { $0 }
        var now = information
        now.isProtected = state.permissions.isProtected
        now.commandDevices = arrays.commandDevices
        now.groups = now.groups.map { group in
            var group = group
            guard let first = state.inOrder(index.partners(of: group.name), of: group.name).first else { return group }
            (group.address, group.service) = (first.address, first.service)
            return group
        }
        return now
    }

    func control(_ order: InstanceControl, for asker: Asker) throws(HorcmFailure) -> InstanceReply {
        guard asker == .command else { throw HorcmFailure(.unknownFunction) }
        switch order {
        case .switchCommandDevice(let unit):
            return .replaced(try arrays.switchCommandDevice(of: Int(unit)))
        case .changePartner(let group): return .replaced(try changePartner(of: group))
        case .permit(let volumes):
            let own = try reports(configuration.volumes).compactMap(\.number)
            let wanted = Set(volumes)
            memory.change { $0.permissions.permit(own.filter(wanted.contains)) }
            return .done
        }
    }

    private func changePartner(of group: String) throws(HorcmFailure) -> Replacement {
        let lines = index.partners(of: group)
        guard !lines.isEmpty else { throw HorcmFailure(.noSuchDeviceOrGroup) }
        guard lines.count > 1 else {
            throw HorcmFailure(
                .noSuchDevice, "Group \(group) has one partner. Write an alternative below it in HORCM_INST.")
        }
        return memory.change { state in
            let before = state.inOrder(lines, of: group)[0]
            state.changePartner(of: group, among: lines.count)
            let after = state.inOrder(lines, of: group)[0]
            return Replacement("\(before.address),\(before.service)", "\(after.address),\(after.service)")
        }
    }

    // MARK: Protection mode

    /// - Throws: EX_ENPERM if the request would change a volume that is not permitted. Of a local pair the half counts that
    ///   is in this configuration: the other instance answers for the other.
    func checkPermission(_ request: ArrayRequest, _ serial: ArraySerial) throws(HorcmFailure) {
        guard let named = request.volumesNamed else { return }
        let permissions = memory.change { $0.permissions }
        guard permissions.isProtected else { return }
        for ldev in named {
            let volume = VolumeNumber(serial, ldev)
            if permissions.allows(volume) { continue }
            if case .local = request, try !areOwn([ldev], of: serial) { continue }
            throw HorcmFailure(.volumeNotPermitted, "LDEV \(ldev) of array \(serial) is not permitted on this host.")
        }
    }
}

extension VolumeReport {
    /// nil if the array does not know the volume.
    var number: VolumeNumber? { ldev.map { VolumeNumber(serial, $0) } }
}
