// What tests of local pairs ask of one array: volumes 0 and 1 are the primaries, 2 and 3 their copies.

import CommandDevice
import Foundation
import Platform
import ReplicationCore
import TestSupport
import Testing

extension TestArray {
    func localName(_ primary: Int = 0, _ secondary: Int = 2, mirror: UInt8 = 0) -> LocalName {
        LocalName(primary: ldev(primary), secondary: ldev(secondary), mirror: mirror)
    }

    /// The state of the pair of which volume `index` is a part, in mirror `mirror`.
    func localPair(_ index: Int, mirror: UInt8 = 0) throws -> LocalPairSnapshot {
        guard let pair = try volume(index).localPairs.first(where: { $0.name.mirror == mirror }) else {
            throw TestProblem("volume \(index) of \(name) has no local pair in mirror unit \(mirror)")
        }
        return pair
    }

    func awaitLocal(_ status: LocalStatus, _ index: Int = 2, mirror: UInt8 = 0, seconds: Double = 20) throws {
        var last: LocalStatus?
        let isReached = waitUntil(seconds: seconds) {
            last = (try? self.localPair(index, mirror: mirror))?.status
            return last == status
        }
        guard isReached else {
            throw TestProblem(
                "volume \(index) of \(name) is \(last.map { "\($0)" } ?? "unknown"), not \(status), after \(seconds) s\n"
                    + log.suffix(1500))
        }
    }

    /// Waits until a paired copy has caught up.
    func awaitEqual(_ index: Int = 2, mirror: UInt8 = 0) throws {
        guard
            waitUntil(
                seconds: 20,
                {
                    (try? self.localPair(index, mirror: mirror)).map { $0.cleanPercent == 100 && $0.status == .paired }
                        == true
                })
        else { throw TestProblem("the copy on volume \(index) does not catch up") }
    }

    func orderLocal(_ order: LocalOrder) throws { try #require(try ask(.local(order)) == .done, "\(order)") }

    /// Whether a host may write to volume `index`.
    func takesWrites(_ index: Int) -> Bool {
        let file = unsafe open(device(index), O_RDWR | O_CLOEXEC)
        defer { close(file) }
        var byte: UInt8 = 0
        // What is there already: a write that goes through changes nothing.
        guard file >= 0, unsafe pread(file, &byte, 1, 5 << 20) == 1 else { return false }
        return unsafe pwrite(file, &byte, 1, 5 << 20) == 1
    }

    func fill(_ index: Int, block: Int, _ byte: UInt8) throws {
        let file = unsafe open(device(index), O_RDWR | O_CLOEXEC)
        defer { close(file) }
        let bytes = [UInt8](repeating: byte, count: 4096)
        guard file >= 0, unsafe pwrite(file, bytes, bytes.count, off_t(block * 4096)) == bytes.count else {
            throw TestProblem("volume \(index) of \(name) takes no write: errno \(errno)")
        }
    }
}
