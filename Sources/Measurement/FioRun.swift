// fio on a target: looked at first, filled once, loaded.

internal import Bench

extension Target {
    /// Every block is written once: a first write to a hole is another thing than a write.
    func fill(bytes: Int) async throws(BenchFailure) {
        try check()
        let result = try await HostCommand.run(
            "fio",
            [
                "--name=fill", "--filename=\(path)", "--rw=write", "--bs=1M", "--ioengine=psync", "--size=\(bytes)",
            ])
        guard result.status == 0 else { throw BenchFailure("\(name) cannot be filled: \(result.errors)") }
    }

    /// Loads the target for `seconds`, or until `byteLimit` bytes were moved. The path is looked at before each run.
    func load(
        _ job: FioJob, bytes: Int, seconds: Double, byteLimit: Int? = nil
    ) async throws(BenchFailure) -> FioFigures {
        try check()
        let arguments = job.arguments(
            path: path, bytes: bytes, seconds: seconds, isDirect: true, byteLimit: byteLimit)
        let result = try await HostCommand.run("fio", arguments)
        guard result.status == 0 else {
            throw BenchFailure("fio failed on \(name), \(job.title): \(result.text.prefix(400))")
        }
        return try FioFigures(json: result.output)
    }
}
