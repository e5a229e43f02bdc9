// Where the instances of a bench really listen: `<root>/etc/arraybench.addresses`. A horcmN.conf that was taken from a real
// host names real hosts and services; on the bench's one machine they are ports of the loopback interface.
//
//   # address service host port
//   HST1 horcm0 127.0.0.1 40231
//
// A host with such a file asks nobody else: not a single datagram may reach the hosts that the file was taken from.

package struct InstanceAddresses: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        /// As the configuration file writes it.
        package var written: InstanceAddress
        package var host: String
        package var port: UInt16

        package init(_ written: InstanceAddress, host: String = "127.0.0.1", port: UInt16) {
            self.written = written
            self.host = host
            self.port = port
        }
    }

    package var entries: [Entry]

    package init(_ entries: [Entry]) { self.entries = entries }

    /// Reads the file. Lines that say nothing, comments among them, are left out.
    package init(parsing text: String) {
        entries = text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ").map(String.init)
            guard fields.count == 4, !fields[0].hasPrefix("#"), let port = decimal(fields[3], as: UInt16.self) else {
                return nil
            }
            return Entry(InstanceAddress(address: fields[0], service: fields[1]), host: fields[2], port: port)
        }
    }

    package var text: String {
        "# address service host port\n"
            + entries.map { "\($0.written.address) \($0.written.service) \($0.host) \($0.port)\n" }.joined()
    }

    /// Host names count as one, however they are written.
    package func entry(for written: InstanceAddress) -> Entry? {
        entries.first {
            $0.written.service == written.service
                && $0.written.address.lowercased() == written.address.lowercased()
        }
    }
}
