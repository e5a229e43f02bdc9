// Judges what a failover left of an exercised file: each byte must be what it was at the last acknowledged fsync, or what
// a later operation put there; the same for the size. Later operations may be there in any choice: a file system promises
// nothing about them until the next fsync.

internal import Platform

package struct FileVerdict: Hashable, Sendable, Codable {
    package enum Result: String, Hashable, Sendable, Codable, CaseIterable {
        case held, broken, unknown

        package var exitStatus: Int32 {
            switch self {
            case .held: 0
            case .broken: 3
            case .unknown: 4
            }
        }
    }

    package var result: Result
    package var reason: String?
    package var run = ""
    /// The number of the last acknowledged fsync; 0 if there was none: then anything is allowed that an operation wrote.
    package var lastSync: UInt64 = 0
    /// Operations after it.
    package var laterOperations = 0
    package var size = 0
    package var sizeAtSync = 0
    package var wrongBytes = 0
    /// The first of them.
    package var firstWrongByte: Int?

    package init(result: Result, reason: String? = nil) {
        self.result = result
        self.reason = reason
    }

    package var text: String {
        switch result {
        case .unknown: return "UNKNOWN: this cannot be judged\n  \(reason ?? "")\n"
        case .held:
            return "HELD: the file is what fsync \(lastSync) promised, or newer\n  \(size) bytes, "
                + "\(laterOperations) operations after the fsync\n"
        case .broken:
            return "BROKEN: \(reason ?? "")\n  last acknowledged fsync: operation \(lastSync), "
                + "\(laterOperations) operations after it\n"
        }
    }
}

package enum FileExerciserCheck {
    package static func judge(record: String, copy: String) throws(WorkloadFailure) -> FileVerdict {
        let history: LoadHistory
        do { history = try LoadHistory.read(record) } catch {
            switch error {
            case .damaged(let damage): return FileVerdict(result: .unknown, reason: damage.description)
            case .failed(let failure): throw failure
            }
        }
        guard history.header.subject == .fileExerciser else {
            throw WorkloadFailure("\(record) is the record of a stamped load", remedy: "use: arraybench load --check")
        }
        do { return judge(history, try readWholeFile(copy)) } catch { throw WorkloadFailure(error) }
    }

    /// Pure: what `contents` is worth after this history.
    package static func judge(_ history: LoadHistory, _ contents: [UInt8]) -> FileVerdict {
        let run = history.header.run
        var model = FileModel(limit: Int(history.header.volumes[0].size))
        let synced = history.operations.lastIndex { $0.kind == .flush && $0.isAcknowledged } ?? -1
        for operation in history.operations.prefix(synced + 1) where operation.isAcknowledged {
            model.apply(operation, run: run)
        }
        var verdict = FileVerdict(result: .held)
        verdict.run = String(run, radix: 16)
        verdict.lastSync = UInt64(synced + 1)
        verdict.laterOperations = history.operations.count - synced - 1
        verdict.size = contents.count
        verdict.sizeAtSync = model.size
        let allowed = allowances(history.operations.dropFirst(synced + 1), model, run, contents)
        verdict.wrongBytes = allowed.bytes.count { !$0 }
        verdict.firstWrongByte = allowed.bytes.firstIndex(of: false)
        if !allowed.sizes.contains(where: { $0.contains(contents.count) }) {
            verdict.result = .broken
            verdict.reason = "its size, \(contents.count), is none that it had since (\(model.size) at the fsync)"
        } else if let first = verdict.firstWrongByte {
            verdict.result = .broken
            verdict.reason = "\(verdict.wrongBytes) bytes are none that were there since, the first is byte \(first)"
        }
        return verdict
    }

    /// For each byte of `contents` whether it may be there, and which sizes may be.
    private static func allowances(
        _ later: ArraySlice<LoadOperation>, _ synced: FileModel, _ run: UInt64, _ contents: [UInt8]
    ) -> (bytes: [Bool], sizes: [ClosedRange<Int>]) {
        var model = synced
        var sizes = [model.size...model.size]
        var allowed = contents.indices.map { $0 < model.bytes.count && contents[$0] == model.bytes[$0] }
        for operation in later {
            if let reach = model.reach(of: operation) {
                let writes = operation.kind == .write || operation.kind == .mappedWrite
                for place in reach.clamped(to: 0..<contents.count) where !allowed[place] {
                    allowed[place] = contents[place] == (writes ? FileModel.value(run, operation.sequence, place) : 0)
                }
            }
            let before = model.size
            model.apply(operation, run: run)
            // What makes a file longer may reach the disk in parts.
            sizes.append(before <= model.size ? before...model.size : model.size...model.size)
        }
        return (allowed, sizes)
    }
}
