// How this host finds instances: what the bench says of them, else host names and services of the machine.

internal import RaidManager
internal import RaidManagerShell

struct AddressBook: Sendable {
    private let servicesFiles: [String]
    /// nil: the host has no such file, and addresses mean what they say.
    private let addresses: InstanceAddresses?

    init(_ environment: InstanceEnvironment) {
        servicesFiles = environment.servicesFiles
        addresses = (try? SystemCalls.read(environment.addressesFile, limit: 16 << 20)).map {
            InstanceAddresses(parsing: String(decoding: $0, as: UTF8.self))
        }
    }

    /// - Throws: `StartFailure` if there is no such host, service or, on a host whose addresses are given, instance.
    func resolve(_ address: String, _ service: String) throws(StartFailure) -> SocketAddress {
        guard let addresses else {
            return try SocketAddress.resolve(address, service, servicesFiles: servicesFiles)
        }
        guard let entry = addresses.entry(for: InstanceAddress(address: address, service: service)) else {
            // What stays on this machine may be anything: a second instance that a script made for itself.
            if Self.isOwnMachine(address) {
                return try SocketAddress.resolve(address, service, servicesFiles: servicesFiles)
            }
            throw StartFailure(
                "\(address) \(service) is no instance of this bench. "
                    + "Bring the bench up with the configuration file of that instance too, or correct the line.")
        }
        return try SocketAddress.resolve(entry.host, String(entry.port), servicesFiles: [])
    }

    private static func isOwnMachine(_ address: String) -> Bool {
        address.hasPrefix("127.") || ["localhost", "::1", "NONE", "none", "NONE6", "none6"].contains(address)
    }

    /// Where this instance listens.
    /// - Parameter isAsked: whether others have to find it. An instance without groups may listen anywhere.
    func own(_ monitor: HorcmConfiguration.Monitor, isAsked: Bool) throws(StartFailure) -> SocketAddress {
        if let address = monitor.address { return try resolve(address, monitor.service) }
        do throws(StartFailure) {
            return try SocketAddress.resolve("NONE", monitor.service, servicesFiles: servicesFiles)
        } catch {
            guard !isAsked else { throw error }
            return SocketAddress.anyPort
        }
    }
}
