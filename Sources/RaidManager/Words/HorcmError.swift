// Every error of RAID Manager: its number, which is the exit status, its name and its sentence. Clients match all three,
// so they are written here and nowhere else. 0 to 127 are results, 128 to 255 are errors.
//
// - Source: RAID Manager reference, section 4.6. Numbers are confirmed; sentences without a star there are from memory
//   of the published manuals and may be corrected in this file alone.

package enum HorcmError: UInt8, Hashable, Sendable, CaseIterable {
    case contextCheck = 199
    case accessDenied = 200
    case authenticationFailed = 202
    case privilegeDenied = 203
    case cachePartitionsDiffer = 204
    case noSuchObject = 205
    case noPoolLeft = 206
    case storagePartitionDenied = 207
    case retentionForbids = 208
    case secondaryForbidden = 209
    case notSupported = 210
    case roleDenied = 211
    case sizesDiffer = 212
    case volumeNotPermitted = 213
    case groupNumbersDiffer = 214
    case noGroupNumberLeft = 215
    case groupAcrossArrays = 216
    case notEnoughGroups = 217
    case serialsDiffer = 218
    case unitNotConnected = 219
    case invalidMirror = 220
    case rejectedByArray = 221
    case invalidVolumeStatus = 222
    case noCurrentCopy = 223
    case localNotCurrent = 224
    case secondaryNotCurrent = 225
    case invalidReturnCode = 226
    case noSuchLDEV = 227
    case invalidPairStatus = 228
    case inconsistentGroup = 229
    case unknownCommand = 230
    case monitorStopped = 231
    case localWaitTimedOut = 232
    case waitTimedOut = 233
    case suspendedWhileWaiting = 234
    case pairCombination = 235
    case volumesDiffer = 236
    case commandDeviceFailed = 237
    case unknownFunction = 238
    case noSuchGroup = 239
    case invalidControlCommand = 240
    case invalidMode = 241
    case noRemoteHost = 242
    case nameTooLong = 243
    case resultTooLarge = 244
    case noMemory = 245
    case noSuchDevice = 246
    case noSuchDeviceOrGroup = 247
    case invalidOptionValue = 248
    case invalidOptionName = 249
    case noDebugLayer = 250
    case notAttached = 251
    case unknownOption = 252
    case invalidArgument = 253
    case argumentMissing = 254
    case connectionLost = 255

    /// The process's exit status.
    package var exitStatus: Int32 { Int32(rawValue) }

    /// The word in brackets, such as `EX_ENORMT`.
    package var name: String { entry.name }
    /// The sentence behind it.
    package var message: String { entry.message }

    private var entry: (name: String, message: String) {
        switch self {
        case .contextCheck: ("EX_CTXCHK", "Context check error")
        case .accessDenied: ("EX_EACCES", "Permission denied with the LDEV")
        case .authenticationFailed: ("EX_ENAUTH", "Authentication failed")
        case .privilegeDenied: ("EX_EPPERM", "Permission denied with the privilege")
        case .cachePartitionsDiffer: ("EX_ENQCLP", "Unmatched CLPR")
        case .noSuchObject: ("EX_ENOOBJ", "No such Object in the RAID")
        case .noPoolLeft: ("EX_ENOPOL", "Not enough Pool in RAID")
        case .storagePartitionDenied: ("EX_ESPERM", "Permission denied with the SLPR")
        case .retentionForbids: ("EX_EPRORT", "Mode changes denied due to retention time")
        case .secondaryForbidden: ("EX_ESVOLD", "SVOL denied due to be disable for SVOL")
        case .notSupported: ("EX_ENOSUP", "Micro code not supported")
        case .roleDenied: ("EX_ERPERM", "Permission denied")
        case .sizesDiffer: ("EX_ENQSIZ", "Unmatched volume size for pairing")
        case .volumeNotPermitted: ("EX_ENPERM", "Permission denied with the LDEV")
        case .groupNumbersDiffer: ("EX_ENQCTG", "Unmatched CTGID within the group")
        case .noGroupNumberLeft: ("EX_ENXCTG", "No CT groups left for OPEN Vol use.")
        case .groupAcrossArrays: ("EX_EXTCTG", "Extended CT group across RAIDs")
        case .notEnoughGroups: ("EX_ENOCTG", "Not enough CT groups in the RAID")
        case .serialsDiffer: ("EX_ENQSER", "Unmatched Serial# within the group")
        case .unitNotConnected: ("EX_ENOUNT", "No connected with the Unit (ID)")
        case .invalidMirror: ("EX_INVMUN", "Invalid mu# with HORC or HOMRCF")
        case .rejectedByArray: ("EX_CMDRJE", "An order to the control/command device was rejected")
        case .invalidVolumeStatus: ("EX_INVVOL", "Invalid volume status")
        case .noCurrentCopy: ("EX_VOLCRE", "Local and remote volume currency error")
        case .localNotCurrent: ("EX_VOLCUE", "Local volume currency error")
        case .secondaryNotCurrent: ("EX_VOLCUR", "S-VOL currency error")
        case .invalidReturnCode: ("EX_INVRCD", "Invalid return code")
        case .noSuchLDEV: ("EX_ENLDEV", "No such LDEV within the RAID")
        case .invalidPairStatus: ("EX_INVSTP", "Invalid pair status")
        case .inconsistentGroup: ("EX_INCSTG", "Inconsistent status in group")
        case .unknownCommand: ("EX_UNWCMD", "Unknown command")
        case .monitorStopped: ("EX_ESTMON", "HORCM monitor stopped")
        case .localWaitTimedOut: ("EX_EWSLTO", "Timeout waiting for specified status on the local host")
        case .waitTimedOut: ("EX_EWSTOT", "Timeout waiting for specified status")
        case .suspendedWhileWaiting: ("EX_EWSUSE", "Pair suspended at WAIT state")
        case .pairCombination: ("EX_EVOLCE", "Pair Volume combination error")
        case .volumesDiffer: ("EX_ENQVOL", "Unmatched volume status within the group")
        case .commandDeviceFailed: ("EX_CMDIOE", "Control command I/O error")
        case .unknownFunction: ("EX_UNWCOD", "Unknown function code")
        case .noSuchGroup: ("EX_ENOGRP", "No such group")
        case .invalidControlCommand: ("EX_INVCMD", "Invalid control command to the control device")
        case .invalidMode: ("EX_INVMOD", "Invalid RAID command mode")
        case .noRemoteHost:
            (
                "EX_ENORMT",
                "No remote host alive for remote commands or "
                    + "Remote Raid Manager might be blocked (sleeping) on an existing I/O."
            )
        case .nameTooLong: ("EX_ENAMLG", "Undefined error, or too long name")
        case .resultTooLarge: ("EX_ERANGE", "Result too large")
        case .noMemory: ("EX_ENOMEM", "Not enough core")
        case .noSuchDevice: ("EX_ENODEV", "No such device")
        case .noSuchDeviceOrGroup: ("EX_ENOENT", "No such device or group")
        case .invalidOptionValue: ("EX_OPTINV", "A specified option is invalid")
        case .invalidOptionName: ("EX_INVNAM", "Invalid name of option")
        case .noDebugLayer: ("EX_ATTDBG", "Can't be attached to a Debug layer")
        case .notAttached: ("EX_ATTHOR", "Can't be attached to HORC manager")
        case .unknownOption: ("EX_UNWOPT", "Unknown option")
        case .invalidArgument: ("EX_INVARG", "Invalid argument")
        case .argumentMissing: ("EX_REQARG", "Required Arg list")
        case .connectionLost: ("EX_COMERR", "Can't be communicated with HORC manager")
        }
    }
}

extension HorcmError {
    /// What an operator can do about it, for the command log.
    package var remedy: String {
        switch self {
        case .noRemoteHost: "Check that the partner's HORCM is running and that its address and service are reachable."
        case .notAttached: "Start HORCM with horcmstart.sh, or check HORCMINST and the -I option."
        case .connectionLost: "Check that HORCM is still running."
        case .commandDeviceFailed: "Check the array and the command device named in HORCM_CMD."
        case .noSuchDeviceOrGroup, .noSuchDevice, .noSuchGroup:
            "Check the group and device names in the configuration file."
        case .noSuchLDEV: "Check the LDEV and port numbers in the configuration file against the array."
        case .rejectedByArray: "Confirm the pair status with pairdisplay -fc; the SSB names the array's reason."
        case .invalidVolumeStatus, .invalidPairStatus, .inconsistentGroup, .volumesDiffer, .pairCombination:
            "Confirm the pair status with pairdisplay -fc on both sides."
        case .secondaryNotCurrent, .localNotCurrent, .noCurrentCopy:
            "Confirm the S-VOL's data with paircurchk before it is used."
        case .unknownOption, .invalidArgument, .argumentMissing, .invalidOptionValue, .invalidOptionName:
            "See the usage that -h prints."
        case .waitTimedOut, .localWaitTimedOut: "Wait longer with -t, or confirm the pair status with pairdisplay."
        case .suspendedWhileWaiting: "Find out why the pair was suspended, then resynchronise it."
        case .contextCheck, .accessDenied, .authenticationFailed, .privilegeDenied, .cachePartitionsDiffer,
            .noSuchObject, .noPoolLeft, .storagePartitionDenied, .retentionForbids, .secondaryForbidden, .notSupported,
            .roleDenied, .sizesDiffer, .volumeNotPermitted, .groupNumbersDiffer, .noGroupNumberLeft,
            .groupAcrossArrays, .notEnoughGroups, .serialsDiffer, .unitNotConnected, .invalidMirror,
            .invalidReturnCode, .unknownCommand, .monitorStopped, .unknownFunction, .invalidControlCommand,
            .invalidMode, .nameTooLong, .resultTooLarge, .noMemory, .noDebugLayer:
            "Confirm the configuration file and the array's settings."
        }
    }
}
