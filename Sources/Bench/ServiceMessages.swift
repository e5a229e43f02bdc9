// The bodies that travel between a service processor and its clients, beside `ArrayStatus` and `ImpairmentRequest`.

/// POST /v1/ldevs/{id}/block-device: the bench tells the array which block device stands over the volume's file.
package struct BlockDeviceNote: Codable, Hashable, Sendable {
    /// `/dev/loop3`; nil when it was taken away.
    package var path: String?
    package init(path: String?) { self.path = path }
}

/// What a service processor answers instead of what was asked, with an HTTP status other than 2xx.
package struct ServiceProblem: Codable, Hashable, Sendable {
    package var message: String
    package var remedy: String?
    package init(message: String, remedy: String? = nil) {
        self.message = message
        self.remedy = remedy
    }
}
