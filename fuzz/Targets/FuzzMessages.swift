// Real messages: what the registry's own command lines ask, and what a plausible world answers.

internal import CommandDevice
internal import RaidManager
internal import ReplicationCore

enum FuzzMessages {
    private static let recorded: (requests: [InstanceRequest], replies: [InstanceReply]) = {
        var requests: [InstanceRequest] = []
        var replies: [InstanceReply] = []
        for line in FuzzLines.all {
            let session = FuzzSession(answers: [])
            _ = FuzzHost.run(line.split(separator: " ").map(String.init), session)
            for (request, reply) in session.exchanges {
                if !requests.contains(request) { requests.append(request) }
                if !replies.contains(reply) { replies.append(reply) }
            }
        }
        return (requests, replies)
    }()

    static var instanceRequests: [InstanceRequest] { recorded.requests }
    static var instanceReplies: [InstanceReply] {
        recorded.replies + [.failed(HorcmFailure(.noRemoteHost, "note")), .array(.refused(.linkDown, LDEVNumber(1)))]
    }

    static var arrayRequests: [ArrayRequest] {
        var found: [ArrayRequest] = [.identify]
        for request in recorded.requests {
            guard let inner = array(request), !found.contains(inner) else { continue }
            found.append(inner)
        }
        return found
    }

    private static func array(_ request: InstanceRequest) -> ArrayRequest? {
        switch request {
        case .perform(_, let inner): inner
        case .relay(_, let inner): array(inner)
        case _: nil
        }
    }

    static var arrayReplies: [ArrayReply] {
        FuzzWorld.arrayReplies + Refusal.allCases.map { .refused($0, $0 == .busy ? LDEVNumber(9) : nil) }
    }
}
