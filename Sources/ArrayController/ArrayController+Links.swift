// Connections that come and go, and what the other array says of groups that are or are not here.

internal import Platform
internal import ReplicationCore

extension ArrayController {
    func linkCameUp(_ port: LinkPort, _ note: () -> Void) {
        // The note and the list are one step: a group made later joins the open link itself.
        let groups = registry.withLock { registry in
            note()
            return registry.groups.values.filter { $0.link === port }
        }
        for group in groups.sorted(by: { $0.id < $1.id }) { group.linkCameUp() }
    }

    func linkWentDown(_ port: LinkPort, _ note: () -> Void) {
        let groups = registry.withLock { registry in
            note()
            return registry.groups.values.filter { $0.link === port }
        }
        for group in groups.sorted(by: { $0.id < $1.id }) { group.linkWentDown() }
    }

    /// Registers a new group if the link is open now.
    func adoptIfOpen(_ group: ReplicationGroup, over port: LinkPort) -> Bool {
        // Before anybody else knows the group: once it is registered, the loss of the link may be told to it.
        group.state.withLock { $0.machine.joinOpenLink() }
        return registry.withLock { registry in
            guard port.isOpen else { return false }
            registry.groups[group.id] = group
            return true
        }
    }

    func received(_ message: PeerMessage, for id: GroupIdentifier, over port: LinkPort) {
        if let group = group(id) {
            guard group.link === port else { return }
            if case .join(let order) = message { return takeIn(order, into: group) }
            if !refusesGuarded(message, for: group, over: port) { group.received(message) }
            return
        }
        let answer: PeerMessage
        switch message {
        case .create(let creation): answer = makeSecondary(id, creation, over: port)
        case .greeting, .join, .resynchronise, .swap, .requestSwap, .takeOver, .marks, .ready: answer = .unknownGroup
        case .delete: answer = .done
        case .unknownGroup, .suspended, .done, .refused: return
        }
        port.send(.control, group: id, payload: answer.encoded())
    }
}
