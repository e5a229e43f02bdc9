// Talks to an array's service processor. One request per connection's life is usual here, so nothing is tried twice by
// the library: the caller knows whether an array that does not answer is starting, stopped or dead.

internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1

package struct ServiceProcessorClient: Sendable {
    /// How long a single request may take.
    private static let patience = TimeAmount.seconds(5)

    let array: String
    let socket: String

    package init(array: String, layout: BenchLayout) {
        self.array = array
        socket = layout.serviceProcessorSocket(of: array)
    }

    private static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.timeout.connect = .seconds(1)
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// - Throws: if the array does not answer.
    package func status() async throws(BenchFailure) -> ArrayStatus {
        let bytes = try await send(.GET, "/v1/status", body: nil)
        do {
            return try JSONDecoder().decode(ArrayStatus.self, from: bytes)
        } catch {
            throw BenchFailure("array \(array) answered something that is no status: \(error)")
        }
    }

    package func shape(link: String, _ request: ImpairmentRequest) async throws(BenchFailure) {
        _ = try await send(.POST, "/v1/links/\(link)/impairment", body: try? JSONEncoder().encode(request))
    }

    package func noteBlockDevice(ldev: String, path: String?) async throws(BenchFailure) {
        let note = try? JSONEncoder().encode(BlockDeviceNote(path: path))
        _ = try await send(.POST, "/v1/ldevs/\(BenchLayout.fileName(of: ldev))/block-device", body: note)
    }

    /// Returns when the array has agreed to stop; it ends by itself afterwards.
    package func requestStop() async throws(BenchFailure) {
        _ = try await send(.POST, "/v1/stop", body: nil)
    }

    private func send(_ method: HTTPMethod, _ path: String, body: Data?) async throws(BenchFailure) -> Data {
        let response: (HTTPResponseStatus, Data)
        do {
            response = try await exchange(method, path, body: body)
        } catch {
            throw BenchFailure(
                "array \(array) does not answer at \(socket): \(error)",
                remedy: "'arraybench status' shows whether it runs; 'arraybench array start \(array)' starts it")
        }
        guard (200..<300).contains(response.0.code) else {
            let problem = try? JSONDecoder().decode(ServiceProblem.self, from: response.1)
            throw BenchFailure(
                "array \(array): \(problem?.message ?? "\(response.0)")", remedy: problem?.remedy)
        }
        return response.1
    }

    private func exchange(
        _ method: HTTPMethod, _ path: String, body: Data?
    ) async throws -> (HTTPResponseStatus, Data) {
        guard let url = URL(httpURLWithSocketPath: socket, uri: path) else { throw URLError(.badURL) }
        var request = HTTPClientRequest(url: url.absoluteString)
        request.method = method
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let response = try await Self.http.execute(request, timeout: Self.patience)
        let bytes = try await response.body.collect(upTo: 16 << 20)
        return (response.status, Data(bytes.readableBytesView))
    }
}
