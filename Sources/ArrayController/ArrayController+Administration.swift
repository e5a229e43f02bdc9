// Users, resources, the names of volumes, and groups of volumes. Who may do what is the desk's rule, what groups may become
// the book's; names and groups outlive the array's process, sessions and locks do not.

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
    var book: GroupBook
    var groupFile: GroupListFile?
}

extension ArrayController {
    /// Reads the names and the groups that the folder knows.
    static func openOffice(_ plan: ArrayPlan, _ folder: StateFolder) throws(StateFolderProblem) -> AdministrationOffice
    {
        var office = AdministrationOffice(
            desk: AdministrationDesk(plan.administration), book: GroupBook(plan.administration))
        if let (file, book) = try GroupListFile.open(folder.groupListPath, { try? GroupBook(decoding: $0) }) {
            office.groupFile = file
            office.book = book ?? office.book
        }
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
        case .label(let ldev, let text, let client):
            label(ldev, client, &office) { office in
                if let failure = noteLabel(ldev, text, &office) { office.desk.note(failure, of: client) }
                return .done
            }
        case .labelAsRequest(let ldev, let text, let client):
            label(ldev, client, &office) { office in
                office.desk.noteRequest(about: ldev, noteLabel(ldev, text, &office), of: client)
            }
        case .request(let number, let client): office.desk.request(number, of: client)
        case .resetRequests(let number, let client): office.desk.resetRequests(number, of: client)
        case .labels(let ldevs):
            .labels(ldevs.compactMap { ldev in office.labels[ldev].map { VolumeLabel(ldev: ldev, text: $0) } })
        case .deviceGroups: .deviceGroups(office.book.deviceGroups)
        case .copyGroups: .copyGroups(office.book.copyGroups)
        case .changeGroups(let change, let client): changeGroups(change, client, &office)
        }
    }

    /// Who may not order it hears so at once; what goes wrong afterwards he must ask for.
    private func label(
        _ ldev: LDEVNumber, _ client: AdministrationClient, _ office: inout AdministrationOffice,
        _ note: (inout AdministrationOffice) -> AdministrationAnswer
    ) -> AdministrationAnswer {
        if let refusal = office.desk.refusal(of: client, changing: [ldev]) { return .refused(refusal) }
        return note(&office)
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

    /// Waited for: on the disk before it counts, or refused.
    private func changeGroups(
        _ change: GroupChange, _ client: AdministrationClient, _ office: inout AdministrationOffice
    ) -> AdministrationAnswer {
        let ldevs = office.book.ldevs(of: change)
        if let refusal = office.desk.refusal(of: client, changing: ldevs) { return .refused(refusal) }
        if case .add(let member, _) = change, volume(member.ldev) == nil { return .refused(.noSuchVolume) }
        var book = office.book
        if let refusal = book.make(change) { return .refused(refusal) }
        do throws(SystemFailure) {
            if office.groupFile == nil { office.groupFile = try GroupListFile(path: folder.groupListPath) }
            try office.groupFile?.store(book.encoded())
        } catch {
            logger.error("groups of volumes cannot be noted: \(error)")
            return .refused(.notNoted)
        }
        office.book = book
        return .done
    }
}
