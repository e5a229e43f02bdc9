// The horcm<N>.conf files that hosts take from their owner. A file is copied into the host's folder when the bench is made;
// from then on the copy counts, as /etc/horcm<N>.conf does on a real host, and what is edited there stays.

internal import Foundation
internal import RaidManager
internal import ReplicationCore

struct HostConfigurations {
    struct Own {
        /// What stands in the host's folder already is not written again.
        var isNew: Bool
        var path: String
        var text: String
        var configuration: HorcmConfiguration
    }

    private let byHost: [String: Own]
    private var parsed: [String: HorcmConfiguration] { byHost.mapValues(\.configuration) }

    /// - Throws: if a file cannot be read or has a fault, with its line.
    init(_ bench: BenchDescription, _ layout: BenchLayout) throws(BenchFailure) {
        var byHost: [String: Own] = [:]
        for host in bench.hosts {
            guard let original = host.configuration else { continue }
            let copy = layout.horcmFile(host: host.name, instance: host.instance)
            let isNew = !FileManager.default.fileExists(atPath: copy)
            let path = isNew ? original : copy
            let text = try Self.read(path)
            do throws(ConfigurationError) {
                byHost[host.name] = Own(
                    isNew: isNew, path: path, text: text,
                    configuration: try ConfigurationParser.parse(text, file: path))
            } catch {
                throw error.failure
            }
        }
        self.byHost = byHost
    }

    subscript(host: String) -> Own? { byHost[host] }

    /// - Returns: nil for a host whose file the bench writes: its addresses mean what they say.
    func addresses(of host: HostDescription, in bench: BenchDescription) throws(BenchFailure) -> AddressPlan? {
        guard let own = byHost[host.name] else { return nil }
        return try AddressPlan(of: host.name, in: bench, files: parsed, path: own.path)
    }

    static func read(_ path: String) throws(BenchFailure) -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw BenchFailure(
                "cannot read the configuration file \(path): \(BenchFolder.reason(error))",
                remedy: "name a horcm<N>.conf that is there")
        }
    }
}

extension AddressPlan {
    /// `etc/arraybench.addresses` of the host.
    func file(ports: [String: UInt16]) -> String {
        InstanceAddresses(hosts.compactMap { written, host in ports[host].map { .init(written, port: $0) } }).text
    }

    /// The host names of the file, which all are this machine.
    var names: [String] {
        var names: [String] = []
        for (written, _) in hosts {
            if ImportedFile.hostName(written.address) != nil, !names.contains(written.address) {
                names.append(written.address)
            }
        }
        return names
    }

    /// The services of the file. One that means several instances means the host's own, or else the first.
    func services(ports: [String: UInt16]) -> [(name: String, port: UInt16)] {
        var services: [(name: String, port: UInt16)] = []
        for (written, host) in hosts {
            guard let port = ports[host], UInt16(written.service) == nil,
                !services.contains(where: { $0.name == written.service })
            else { continue }
            services.append((written.service, port))
        }
        return services
    }
}
