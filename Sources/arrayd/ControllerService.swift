// What the service processor asks, answered by the controller.

internal import ArrayController
internal import Bench
internal import CommandDevice
internal import LinkTransport
internal import ReplicationCore
internal import ServiceProcessor

/// **Threads**: any; the controller and its volumes are.
struct ControllerService: ArrayService {
    private let controller: ArrayController

    init(_ controller: ArrayController) { self.controller = controller }

    func status() -> ArrayStatus {
        ArrayStatus(
            name: controller.plan.identity.name, serial: controller.plan.identity.serial.value,
            ldevs: controller.volumeSnapshots.map { LDEVStatus($0) }, links: controller.links.map { $0.status })
    }

    func shape(link name: String, _ request: ImpairmentRequest) throws(ServiceError) {
        guard let port = controller.links.first(where: { $0.name == name }) else {
            throw ServiceError(
                .notFound, "array \(controller.plan.identity.name) has no link '\(name)'",
                remedy: "its links: \(controller.links.map(\.name).joined(separator: ", "))")
        }
        port.link.impairment = Impairment(LinkImpairment(port.link.impairment).applying(request))
    }

    func noteBlockDevice(ldev text: String, path: String?) throws(ServiceError) {
        guard let ldev = LDEVNumber(parsing: text), let volume = controller.volume(ldev) else {
            throw ServiceError(
                .notFound, "array \(controller.plan.identity.name) has no LDEV '\(text)'",
                remedy: "its LDEVs: \(controller.allVolumes.map { $0.ldev.description }.joined(separator: ", "))")
        }
        volume.blockDevice = path
    }

    func requestStop() { StopSignals.raise() }
}

extension LinkPort {
    fileprivate var status: LinkEndStatus {
        let impairment = link.impairment
        let statistics = link.statistics
        let state = impairment.isCut ? "cut" : link.isUp ? "up" : "down"
        return LinkEndStatus(
            name: name, remoteName: remoteName, state: state, impairment: LinkImpairment(impairment),
            bytesSent: statistics.bytesSent, bytesReceived: statistics.bytesReceived)
    }
}
