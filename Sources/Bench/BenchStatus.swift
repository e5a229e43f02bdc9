// The whole bench at one moment, as `arraybench status` shows it. Asking takes no lock and changes nothing.

internal import Foundation
internal import ReplicationCore

package struct BenchStatus: Codable, Hashable, Sendable {
    package struct Link: Codable, Hashable, Sendable {
        package var name: String
        /// `up`, `down`, or `cut` if somebody cut it on purpose.
        package var state: String
        package var between: [String]
        /// What is done to each direction, `east-west` being what east sends.
        package var directions: [Direction]

        package init(name: String, state: String, between: [String], directions: [Direction]) {
            self.name = name
            self.state = state
            self.between = between
            self.directions = directions
        }
    }

    package struct Direction: Codable, Hashable, Sendable {
        package var name: String
        package var impairment: LinkImpairment
        package var bytesSent: UInt64?

        package init(name: String, impairment: LinkImpairment, bytesSent: UInt64? = nil) {
            self.name = name
            self.impairment = impairment
            self.bytesSent = bytesSent
        }
    }

    package struct Host: Codable, Hashable, Sendable {
        package var name: String
        package var instance: UInt16
        package var array: String
        /// `running`, `stopped`.
        package var state: String
        package var port: UInt16?

        package init(name: String, instance: UInt16, array: String, state: String, port: UInt16?) {
            self.name = name
            self.instance = instance
            self.array = array
            self.state = state
            self.port = port
        }
    }

    package var stateDirectory: String
    package var clock: UInt32
    package var arrays: [ArrayStatus]
    package var links: [Link]
    package var hosts: [Host]

    package init(stateDirectory: String, clock: UInt32, arrays: [ArrayStatus], links: [Link], hosts: [Host]) {
        self.stateDirectory = stateDirectory
        self.clock = clock
        self.arrays = arrays
        self.links = links
        self.hosts = hosts
    }
}

extension Bench {
    package func status() async -> BenchStatus {
        var arrays: [ArrayStatus] = []
        for array in description.arrays { arrays.append(await status(of: array)) }
        return BenchStatus(
            stateDirectory: layout.root, clock: description.clockRate, arrays: arrays,
            links: description.links.map { link($0, arrays) },
            hosts: description.hosts.map { host in
                BenchStatus.Host(
                    name: host.name, instance: host.instance, array: host.array,
                    state: managerProcess(of: host.name) == nil ? "stopped" : "running", port: record.ports[host.name])
            })
    }

    private func status(of array: ArrayDescription) async -> ArrayStatus {
        let client = ServiceProcessorClient(array: array.name, layout: layout)
        let isRunning = process(of: array.name) != nil
        if isRunning, let status = try? await client.status() { return status }
        let state =
            if isRunning {
                "not answering"
            } else if record.failedSites.contains(array.name) {
                "site failed"
            } else {
                record.arrays[array.name] == nil ? "stopped" : "killed"
            }
        let ldevs = array.ldevs.map { ldev in
            let id = ldev.number.description
            return LDEVStatus(
                id: id, size: ldev.sizeBytes, device: layout.device(of: id, array: array.name),
                blockDevice: record.loops.first { $0.array == array.name && $0.ldev == id }?.device,
                port: ldev.port, target: ldev.target, lun: ldev.lun)
        }
        return ArrayStatus(name: array.name, serial: array.serial, state: state, ldevs: ldevs, links: [])
    }

    private func link(_ link: LinkDescription, _ arrays: [ArrayStatus]) -> BenchStatus.Link {
        let ends = [link.between.0, link.between.1]
        let reports = ends.map { end in
            arrays.first { $0.name == end }?.links.first { $0.name == link.name }
        }
        let impairments = ends.map { record.impairment(of: link.name, from: $0) }
        let state =
            if impairments.contains(where: { $0.passage == .cut }) {
                "cut"
            } else {
                reports.allSatisfy { $0?.state == "up" } ? "up" : "down"
            }
        return BenchStatus.Link(
            name: link.name, state: state, between: ends,
            directions: [0, 1].map { index in
                BenchStatus.Direction(
                    name: "\(ends[index])-\(ends[1 - index])", impairment: impairments[index],
                    bytesSent: reports[index]?.bytesSent)
            })
    }
}
