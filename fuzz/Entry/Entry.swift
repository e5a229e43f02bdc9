// libFuzzer's way in. The target is named in FUZZ_TARGET; `fuzz/run.sh` builds and calls this.

import FuzzTargets
import Glibc

private let target: FuzzTarget = {
    let name = unsafe getenv("FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
    guard let target = FuzzTarget.named(name) else {
        say("FUZZ_TARGET must be one of \(FuzzTarget.all.map(\.name).joined(separator: ", "))")
        exit(2)
    }
    return target
}()

private func say(_ line: String) {
    let text = Array("\(line)\n".utf8)
    _ = unsafe write(2, text, text.count)
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
    if let fault = target.fault(input) {
        say("\(target.name): \(fault)")
        abort()
    }
    return 0
}
