// What a service processor asks of the array it stands beside. `arrayd` implements it over the controller.

package import Bench

/// Why the array did not do what was asked; becomes an HTTP status and a `ServiceProblem`.
package struct ServiceError: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// 404: there is no such link or LDEV.
        case notFound
        /// 400: the values make no sense.
        case invalid
        /// 409: not in this state.
        case conflict
        /// 500: the array failed.
        case failed
    }

    package var kind: Kind
    package var message: String
    package var remedy: String?

    package init(_ kind: Kind, _ message: String, remedy: String? = nil) {
        self.kind = kind
        self.message = message
        self.remedy = remedy
    }
}

/// **Threads**: called from any thread of the cooperative pool, several at once; calls must not block for long.
package protocol ArrayService: Sendable {
    func status() -> ArrayStatus
    /// Changes how what this array sends on `link` is treated, while I/O runs.
    func shape(link: String, _ impairment: ImpairmentRequest) throws(ServiceError)
    /// Notes the block device that stands over the file of `ldev` (`CU:LDEV`); nil: none any more.
    func noteBlockDevice(ldev: String, path: String?) throws(ServiceError)
    /// Begins an orderly stop and returns at once; the process ends by itself.
    func requestStop()
}
