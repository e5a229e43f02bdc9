// Load that knows what was promised to it: one thread for each volume writes rising numbers into 64 slots and keeps, slot
// by slot, the last one that was acknowledged. Errors are what the tests bring about; the writers go on trying.

import Foundation
import Synchronization
import TestSupport

/// **Threads**: one writer for each device; the rest of the test stops and asks. `state` is behind its mutex.
final class CountingWriters: Sendable {
    private static let slotCount = 64
    private static let slotBytes = 16 << 10

    private struct State {
        var isStopped = false
        var running = 0
        /// By device and slot.
        var acknowledged: [String: [UInt8]] = [:]
        var writes = 0
    }

    private let state: Mutex<State>

    init(devices: [String]) {
        let none = devices.map { ($0, [UInt8](repeating: 0, count: Self.slotCount)) }
        state = Mutex(State(running: devices.count, acknowledged: Dictionary(uniqueKeysWithValues: none)))
        for device in devices { Thread { self.write(to: device) }.start() }
    }

    private func write(to device: String) {
        var number = 0
        while !state.withLock({ $0.isStopped }) {
            let slot = number % Self.slotCount
            let mark = UInt8(1 + number / Self.slotCount % 200)
            number += 1
            if Disk.write(mark, at: slot * Self.slotBytes, count: Self.slotBytes, to: device) == 0 {
                state.withLock { state in
                    state.acknowledged[device]?[slot] = mark
                    state.writes += 1
                }
            } else {
                usleep(2000)
            }
        }
        state.withLock { $0.running -= 1 }
    }

    /// Waits until so many more writes were acknowledged, so that what follows happens under load.
    func awaitProgress(_ count: Int = 50) async throws {
        let before = state.withLock { $0.writes }
        for _ in 0..<2000 {
            if state.withLock({ $0.writes }) >= before + count { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw TestProblem("no \(count) writes in ten seconds")
    }

    /// Ends the writers and waits for them.
    func stop() async throws {
        state.withLock { $0.isStopped = true }
        for _ in 0..<4000 {
            if state.withLock({ $0.running }) == 0 { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw TestProblem("a writer hangs in a write")
    }

    /// Slots that hold less than what was acknowledged, in words.
    func losses(reading location: (String) -> String) throws -> [String] {
        try state.withLock { $0.acknowledged }.sorted { $0.key < $1.key }.flatMap { device, marks in
            let bytes = try Disk.contents(location(device))
            return marks.indices.compactMap { slot -> String? in
                let held = bytes[slot * Self.slotBytes]
                let isLater = held == marks[slot] || held == marks[slot] % 200 + 1
                return isLater ? nil : "\(device) slot \(slot) holds \(held) after \(marks[slot]) was acknowledged"
            }
        }
    }
}
