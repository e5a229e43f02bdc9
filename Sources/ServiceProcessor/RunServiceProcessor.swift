// The HTTP/JSON face of an array on a Unix socket that only its owner can open.
//
//   GET  /v1/status                     ArrayStatus
//   GET  /v1/ldevs                      [LDEVStatus]
//   POST /v1/links/{name}/impairment    ImpairmentRequest → 204
//   POST /v1/ldevs/{id}/block-device    BlockDeviceNote → 204      id as 00:12 or 00-12
//   POST /v1/stop                       → 202
//
// Everything else is a ServiceProblem with a fitting status.

internal import Bench
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore

#if canImport(Glibc)
    internal import Glibc
#endif

/// Serves until the surrounding task is cancelled. A socket that an earlier, killed process left behind is replaced.
/// - Parameter onListening: called once requests are answered.
/// - Throws: if the socket cannot be made: no permission, or a path of more than 107 bytes.
package func runServiceProcessor(
    socketPath: String, service: any ArrayService, onListening: @escaping @Sendable () -> Void = {}
) async throws {
    unsafe unlink(socketPath)
    var logger = Logger(label: "service-processor")
    logger.logLevel = .warning
    let application = Application(
        router: serviceRouter(service),
        configuration: ApplicationConfiguration(address: .unixDomainSocket(path: socketPath)),
        onServerRunning: { _ in
            unsafe chmod(socketPath, 0o600)
            onListening()
        },
        logger: logger)
    try await application.run()
}

private func serviceRouter(_ service: any ArrayService) -> Router<BasicRequestContext> {
    let router = Router()
    router.add(middleware: ProblemMiddleware())
    let version = router.group("v1")
    version.get("status") { _, _ in try json(service.status()) }
    version.get("ldevs") { _, _ in try json(service.status().ldevs) }
    version.post("links/{name}/impairment") { request, context in
        let impairment = try await body(ImpairmentRequest.self, of: request)
        try service.shape(link: try context.parameters.require("name"), impairment)
        return Response(status: .noContent)
    }
    version.post("ldevs/{id}/block-device") { request, context in
        let note = try await body(BlockDeviceNote.self, of: request)
        let ldev = try context.parameters.require("id").replacing("-", with: ":")
        try service.noteBlockDevice(ldev: ldev, path: note.path)
        return Response(status: .noContent)
    }
    version.post("stop") { _, _ in
        service.requestStop()
        return Response(status: .accepted)
    }
    return router
}

private func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let bytes = ByteBuffer(bytes: try encoder.encode(value))
    return Response(
        status: status, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: bytes))
}

private func body<Value: Decodable>(_ type: Value.Type, of request: Request) async throws -> Value {
    let bytes = try await request.body.collect(upTo: 64 << 10)
    do {
        return try JSONDecoder().decode(type, from: Data(bytes.readableBytesView))
    } catch {
        throw ServiceError(.invalid, "the body is not a valid \(type): \(error)")
    }
}

/// Turns whatever is thrown into a status and a `ServiceProblem`.
private struct ProblemMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as ServiceError {
            let problem = ServiceProblem(message: error.message, remedy: error.remedy)
            return try json(problem, status: error.kind.httpStatus)
        } catch let error as any HTTPResponseError {
            let problem = ServiceProblem(message: "\(request.method) \(request.uri.path): \(error.status)")
            return try json(problem, status: error.status)
        } catch {
            return try json(ServiceProblem(message: "\(error)"), status: .internalServerError)
        }
    }
}

extension ServiceError.Kind {
    fileprivate var httpStatus: HTTPResponse.Status {
        switch self {
        case .notFound: .notFound
        case .invalid: .badRequest
        case .conflict: .conflict
        case .failed: .internalServerError
        }
    }
}
