// Users, resources and the names of volumes. Who may do what is the desk's rule; the names outlive the array's process,
// sessions and locks do not.

internal import CommandDevice
internal import Logging
internal import Platform
internal import ReplicationCore
internal import Synchronization
internal import VolumeStore

/// The desk, and what was noted at it.
struct AdministrationOffice: Sendable {
    var desk: AdministrationDesk
    var file: LabelFile?
    var labels: [LDEVNumber: String] = [:]
}

extension ArrayController {
    /// Reads the names that the folder knows.
    static func openOffice(_ plan: ArrayPlan, _ folder: StateFolder) throws(StateFolderProblem) -> AdministrationOffice
    {
        var office = AdministrationOffice(desk: AdministrationDesk(plan.administration))
        if let (file, labels) = try LabelFile.open(folder.labelPath) {
            office.file = file
            office.labels = labels
        }
        return office
    }

    func answer(_ order: AdministrationOrder) -> ArrayReply {
        .administration(administration.withLock { office in answer(order, &office) })
    }

    private func answer(_ order: AdministrationOrder, _ office: inout AdministrationOffice) -> AdministrationAnswer {
        switch order {
        case .logIn(let client, let user, let password):
            office.desk.logIn(client, user: user, password: password)
        case .logOut(let client): office.desk.logOut(client)
        case .session(let client): office.desk.session(of: client)
        case .lock(let resource, let client): office.desk.lock(resource, client)
        case .unlock(let resource, let client): office.desk.unlock(resource, client)
        case .resources: .resources(office.desk.resources)
        case .commandStatus(let client): office.desk.status(of: client)
        case .resetCommandStatus(let client): office.desk.resetStatus(of: client)
        case .label(let ldev, let text, let client): label(ldev, text, client, &office)
        case .labels(let ldevs):
            .labels(ldevs.compactMap { ldev in office.labels[ldev].map { VolumeLabel(ldev: ldev, text: $0) } })
        case .deviceGroups: .deviceGroups(plan.administration.deviceGroups)
        case .copyGroups: .copyGroups(plan.administration.copyGroups)
        }
    }

    /// Who may not order it hears so at once; what goes wrong afterwards is in his command status.
    private func label(
        _ ldev: LDEVNumber, _ text: String, _ client: AdministrationClient, _ office: inout AdministrationOffice
    ) -> AdministrationAnswer {
        if let refusal = office.desk.refusal(of: client, changing: ldev) { return .refused(refusal) }
        if let failure = noteLabel(ldev, text, &office) { office.desk.note(failure, of: client) }
        return .done
    }

    /// On the disk before it counts.
    private func noteLabel(
        _ ldev: LDEVNumber, _ text: String, _ office: inout AdministrationOffice
    ) -> AdministrationRefusal? {
        guard volume(ldev) != nil else { return .noSuchVolume }
        guard text.utf8.count <= AdministrationDesk.longestLabel else { return .labelTooLong }
        var labels = office.labels
        labels[ldev] = text.isEmpty ? nil : text
        do throws(SystemFailure) {
            if office.file == nil { office.file = try LabelFile(path: folder.labelPath) }
            try office.file?.store(labels)
        } catch {
            logger.error("names of volumes cannot be noted: \(error)")
            return .notNoted
        }
        office.labels = labels
        return nil
    }
}
