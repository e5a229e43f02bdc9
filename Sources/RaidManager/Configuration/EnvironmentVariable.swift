// Every variable that RAID Manager knows, one row each: what it does here, and how sure it is that the original does the
// same. Manual pages and the list of facts are made from it, and a test holds docs/raid-manager.md against it.
//
// - Source: RAID Manager reference, section 1.8.

package enum EnvironmentVariable: String, Hashable, Sendable, CaseIterable {
    case instance = "HORCMINST"
    case configuration = "HORCM_CONF"
    case log = "HORCM_LOG"
    case previousLog = "HORCM_LOGS"
    case commandLog = "HORCC_LOG"
    case commandLogSize = "HORCC_LOGSZ"
    case localMode = "HORCC_MRCF"
    case permissionFile = "HORCMPERM"
    case protectionMode = "HORCMPROMOD"
    case startWait = "HORCMSTART_WAIT"
    case oldVolumeCheck = "USE_OLD_VCHK"
    case traceLevel = "HORCM_TRCLVL"
    case traceSize = "HORCM_TRCSZ"
    case traceBuffer = "HORCM_TRCBUF"
    case traceEnvironment = "HORCM_TRCUENV"
    case commandTraceLevel = "HORCC_TRCLVL"
    case commandTraceSize = "HORCC_TRCSZ"
    case commandTraceBuffer = "HORCC_TRCBUF"
    case fibreTable = "HORCMFCTBL"

    /// Who reads it.
    package enum Reader: Hashable, Sendable, CaseIterable {
        case commands
        case instance
        case nobody
    }

    private struct Row {
        var reader: Reader
        var effect: Fact<String>

        init(_ reader: Reader, _ effect: String, _ certainty: Certainty) {
            self.reader = reader
            self.effect = Fact(effect, certainty, "1.8")
        }
    }

    // One row is one line, however long.
    // swift-format-ignore
    private var row: Row {
        switch self {
        case .instance: Row(.commands, "The instance, unless -I names one.", .several)
        case .configuration: Row(.instance, "The configuration file.", .several)
        case .log: Row(.instance, "The folder of the instance's log.", .several)
        case .previousLog: Row(.instance, "The folder that the log is moved to when the instance starts again.", .several)
        case .commandLog: Row(.commands, "The folder of the command log; STDERROUT sends it to standard error.", .several)
        case .commandLogSize: Row(.commands, "The size in kilobytes at which the command log is turned over; without it only failures are logged.", .several)
        case .localMode: Row(.commands, "Set to anything: local copies are meant, unless an option says otherwise.", .several)
        case .permissionFile: Row(.instance, "The permission file; MGRNOINST permits nothing at the start.", .several)
        case .protectionMode: Row(.instance, "Set to anything: only permitted volumes are changed.", .one)
        case .startWait: Row(.instance, "How many seconds an instance may take to start, at least 5.", .real)
        case .oldVolumeCheck: Row(.commands, "Set to anything: pairvolchk -s counts a group with PAIR and PSUS as PAIR.", .one)
        case .traceLevel: Row(.nobody, "Tracing of the instance, without effect.", .known)
        case .traceSize: Row(.nobody, "Tracing of the instance, without effect.", .known)
        case .traceBuffer: Row(.nobody, "Tracing of the instance, without effect.", .known)
        case .traceEnvironment: Row(.nobody, "Tracing of the instance, without effect.", .known)
        case .commandTraceLevel: Row(.nobody, "Tracing of the commands, without effect.", .known)
        case .commandTraceSize: Row(.nobody, "Tracing of the commands, without effect.", .known)
        case .commandTraceBuffer: Row(.nobody, "Tracing of the commands, without effect.", .known)
        case .fibreTable: Row(.nobody, "The fibre channel table, without effect: paths are those of the array.", .known)
        }
    }

    package var reader: Reader { row.reader }
    package var effect: Fact<String> { row.effect }
}
