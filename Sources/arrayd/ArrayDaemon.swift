// One disk array as a process. Killing it is losing the array; starting it again is switching the array on.

internal import ArgumentParser
internal import ArrayController
internal import Bench
internal import CPlatform
internal import CommandDevice
internal import LinkTransport
internal import Logging
internal import Platform
internal import ReplicationCore
internal import ServiceProcessor
internal import VolumeStore

#if canImport(Glibc)
    internal import Glibc
#endif

@main
enum Program {
    /// Not `async`: an asynchronous main would have made threads already. Every thread must inherit the mask, so that
    /// the signals wait for `StopSignals.wait`.
    static func main() {
        StopSignals.block()
        Task.detached { await ArrayDaemon.main() }
        while true { pause() }
    }
}

struct ArrayDaemon: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "arrayd",
        abstract: "One disk array: volumes, replication, NVRAM, command device, service processor.",
        discussion: """
            Started by 'arraybench up', which writes its configuration. It runs until SIGTERM, or until its service \
            processor is told to stop; killed at any instant it comes back from its state folder.
            """,
        version: BenchVersion.text)

    @Option(help: "The array's configuration: a JSON file written by 'arraybench up'.")
    var configuration: String

    mutating func run() async throws {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        let logger = Logger(label: "arrayd")
        let plan: ArrayConfiguration
        do {
            plan = try ArrayConfiguration(contentsOf: configuration)
        } catch {
            fail(logger, "\(error)")
        }
        let controller: ArrayController
        do {
            let folder = try StateFolder(path: plan.stateDirectory, serial: ArraySerial(plan.serial))
            controller = try ArrayController(plan: try plan.arrayPlan(), folder: folder, logger: logger)
            let failure = arraybench_set_io_flusher()
            if failure != 0 {
                logger.warning("not an I/O flusher (errno \(failure)): avoid heavy memory pressure while mounted")
            }
            try controller.start()
        } catch {
            fail(logger, "\(error)")
        }
        logger.notice("array \(plan.name) (\(plan.serial)) is up at \(plan.mountPoint)")
        // Once the service processor is up as well.
        startDetachedThread("after start") {
            sleepNanoseconds(2_000_000_000)
            releaseStartupPages()
        }
        await serve(controller, plan, logger)
        controller.stop()
        logger.notice("array \(plan.name) is down")
        // Threads that still answer a command end with the process.
        leave(0)
    }

    /// Serves the service processor until a signal or a stop request.
    private func serve(_ controller: ArrayController, _ plan: ArrayConfiguration, _ logger: Logger) async {
        let service = ControllerService(controller)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await runServiceProcessor(socketPath: plan.serviceProcessorSocket, service: service)
                } catch is CancellationError {
                } catch {
                    logger.critical("the service processor ended: \(error)")
                    StopSignals.raise()
                }
            }
            group.addTask { await StopSignals.wait() }
            // Whichever ends first ends the array: a signal, or a service processor that cannot go on.
            await group.next()
            group.cancelAll()
        }
        unsafe unlink(plan.serviceProcessorSocket)
    }

    private func fail(_ logger: Logger, _ message: String) -> Never {
        logger.critical("\(message)")
        leave(1)
    }
}

/// `ParsableCommand.exit` has the same name.
private func leave(_ code: Int32) -> Never { exit(code) }
