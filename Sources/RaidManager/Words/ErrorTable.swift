// What is known of every error, one row each: exit status, the word in brackets, the sentence, what an operator can do, how
// sure the sentence is, and where the reference has it. A correction from a real array is a change of one line here.
//
// Statuses and words are confirmed by a client's full list (S1); the mark is the sentence's. Remedies are ours.
//
// - Source: RAID Manager reference, section 4.6.

enum ErrorTable {
    struct Row: Sendable {
        let status: Int32
        let token: String
        let text: Fact<String>
        let remedy: String

        init(
            _ status: Int32, _ token: String, _ text: String, _ remedy: String, _ certainty: Certainty,
            _ section: String
        ) {
            self.status = status
            self.token = token
            self.text = Fact(text, certainty, section)
            self.remedy = remedy
        }
    }

    // One row is one line, however long.
    // swift-format-ignore
    static func row(_ error: HorcmError) -> Row {
        switch error {
        case .escapeMissing: Row(131, "EW_ENESCR", "Escape character missing", "See the usage that -h prints.", .ours, "4.6")
        case .fileMissing: Row(131, "EW_ENFILE", "No such file", "See the usage that -h prints.", .ours, "4.6")
        case .invalidOperand: Row(131, "EW_INVOPA", "Invalid operand", "See the usage that -h prints.", .ours, "4.6")
        case .invalidWord: Row(131, "EW_INVOPT", "Invalid option", "See the usage that -h prints.", .real, "4.6")
        case .argumentTooLong: Row(131, "EW_LNGARG", "Argument too long", "See the usage that -h prints.", .ours, "4.6")
        case .tooManyArguments: Row(131, "EW_MAXARG", "Too many arguments", "See the usage that -h prints.", .ours, "4.6")
        case .commandMissing: Row(131, "EW_REQCMD", "Required command", "See the usage that -h prints.", .ours, "4.6")
        case .unknownWord: Row(252, "EW_UNWOPT", "Unknown option", "See the usage that -h prints.", .real, "4.6")
        case .invalidWordValue: Row(253, "EW_INVARG", "Invalid argument", "See the usage that -h prints.", .known, "4.6")
        case .contextCheck: Row(199, "EX_CTXCHK", "Context check error", "Try again.", .known, "4.6")
        case .accessDenied: Row(200, "EX_EACCES", "Permission denied with the LDEV", "Confirm the configuration file and the array's settings.", .known, "4.6")
        case .authenticationFailed: Row(202, "EX_ENAUTH", "Authentication failed", "Log in with raidcom -login.", .known, "4.6")
        case .privilegeDenied: Row(203, "EX_EPPERM", "Permission denied with the privilege", "Confirm the configuration file and the array's settings.", .known, "4.6")
        case .cachePartitionsDiffer: Row(204, "EX_ENQCLP", "Unmatched CLPR", "Confirm the configuration file and the array's settings.", .known, "4.6")
        case .noSuchObject: Row(205, "EX_ENOOBJ", "No such Object in the RAID", "Confirm the configuration file and the array's settings.", .real, "4.6")
        case .noPoolLeft: Row(206, "EX_ENOPOL", "Not enough Pool in RAID", "Confirm the configuration file and the array's settings.", .known, "4.6")
        case .storagePartitionDenied: Row(207, "EX_ESPERM", "Permission denied with the SLPR", "Confirm the configuration file and the array's settings.", .known, "4.6")
        case .retentionForbids: Row(208, "EX_EPRORT", "Mode changes denied due to retention time", "Check the retention time with raidvchkdsp -v gflag.", .one, "4.6")
        case .secondaryForbidden: Row(209, "EX_ESVOLD", "SVOL denied due to be disable for SVOL", "Clear the volume's svd guard with raidvchkset.", .known, "4.6")
        case .notSupported: Row(210, "EX_ENOSUP", "Micro code not supported", "Confirm the configuration file and the array's settings.", .known, "4.6")
        case .roleDenied: Row(211, "EX_ERPERM", "Permission denied", "Confirm the configuration file and the array's settings.", .known, "4.6")
        case .sizesDiffer: Row(212, "EX_ENQSIZ", "Unmatched volume size for pairing", "Make the two volumes of the pair equally large.", .known, "4.6")
        case .volumeNotPermitted: Row(213, "EX_ENPERM", "Permission denied with the LDEV", "Add the volume to the permission file, and read it with raidscan -find inst.", .known, "4.6")
        case .groupNumbersDiffer: Row(214, "EX_ENQCTG", "Unmatched CTGID within the group", "Confirm the configuration file and the array's settings.", .known, "4.6")
        case .noGroupNumberLeft: Row(215, "EX_ENXCTG", "No CT groups left for OPEN Vol use.", "Delete a consistency group that is not used.", .known, "4.6")
        case .groupAcrossArrays: Row(216, "EX_EXTCTG", "Extended CT group across RAIDs", "Confirm the configuration file and the array's settings.", .known, "4.6")
        case .notEnoughGroups: Row(217, "EX_ENOCTG", "Not enough CT groups in the RAID", "Confirm the configuration file and the array's settings.", .known, "4.6")
        case .serialsDiffer: Row(218, "EX_ENQSER", "Unmatched Serial# within the group", "A group's volumes must be in one array: correct the configuration file.", .known, "4.6")
        case .unitNotConnected: Row(219, "EX_ENOUNT", "No connected with the Unit (ID)", "Check the link and its name in the array's settings.", .known, "4.6")
        case .invalidMirror: Row(220, "EX_INVMUN", "Invalid mu# with HORC or HOMRCF", "Check the MU# in the configuration file and in the options.", .known, "4.6")
        case .rejectedByArray: Row(221, "EX_CMDRJE", "An order to the control/command device was rejected", "Confirm the pair status with pairdisplay -fc; the SSB names the array's reason.", .real, "4.6")
        case .invalidVolumeStatus: Row(222, "EX_INVVOL", "Invalid volume status", "Confirm the pair status with pairdisplay -fc on both sides.", .one, "4.6")
        case .noCurrentCopy: Row(223, "EX_VOLCRE", "Local and remote volume currency error", "Confirm the S-VOL's data with paircurchk before it is used.", .known, "4.6")
        case .localNotCurrent: Row(224, "EX_VOLCUE", "Local volume currency error", "Confirm the S-VOL's data with paircurchk before it is used.", .known, "4.6")
        case .secondaryNotCurrent: Row(225, "EX_VOLCUR", "S-VOL currency error", "Confirm the S-VOL's data with paircurchk before it is used.", .known, "4.6")
        case .invalidReturnCode: Row(226, "EX_INVRCD", "Invalid return code", "Confirm the configuration file and the array's settings.", .known, "4.6")
        case .noSuchLDEV: Row(227, "EX_ENLDEV", "No such LDEV within the RAID", "Check the LDEV and port numbers in the configuration file against the array.", .known, "4.6")
        case .invalidPairStatus: Row(228, "EX_INVSTP", "Invalid pair status", "Confirm the pair status with pairdisplay -fc on both sides.", .one, "4.6")
        case .inconsistentGroup: Row(229, "EX_INCSTG", "Inconsistent status in group", "Confirm the pair status with pairdisplay -fc on both sides.", .one, "4.6")
        case .unknownCommand: Row(230, "EX_UNWCMD", "Unknown command", "Confirm the configuration file and the array's settings.", .known, "4.6")
        case .monitorStopped: Row(231, "EX_ESTMON", "HORCM monitor stopped", "Give HORCM_MON a poll interval, and start HORCM again.", .known, "4.6")
        case .localWaitTimedOut: Row(232, "EX_EWSLTO", "Timeout waiting for specified status on the local host", "Wait longer with -t, or confirm the pair status with pairdisplay.", .known, "4.6")
        case .waitTimedOut: Row(233, "EX_EWSTOT", "Timeout waiting for specified status", "Wait longer with -t, or confirm the pair status with pairdisplay.", .known, "4.6")
        case .suspendedWhileWaiting: Row(234, "EX_EWSUSE", "Pair suspended at WAIT state", "Find out why the pair was suspended, then resynchronise it.", .one, "4.6")
        case .pairCombination: Row(235, "EX_EVOLCE", "Pair Volume combination error", "Confirm the pair status with pairdisplay -fc on both sides.", .one, "4.6")
        case .volumesDiffer: Row(236, "EX_ENQVOL", "Unmatched volume status within the group", "Confirm the pair status with pairdisplay -fc on both sides.", .one, "4.6")
        case .commandDeviceFailed: Row(237, "EX_CMDIOE", "Control command I/O error", "Check the array and the command device named in HORCM_CMD.", .one, "4.6")
        case .unknownFunction: Row(238, "EX_UNWCOD", "Unknown function code", "Confirm the configuration file and the array's settings.", .known, "4.6")
        case .noSuchGroup: Row(239, "EX_ENOGRP", "No such group", "Check the group and device names in the configuration file.", .known, "4.6")
        case .invalidControlCommand: Row(240, "EX_INVCMD", "Invalid control command to the control device", "Confirm the configuration file and the array's settings.", .known, "4.6")
        case .invalidMode: Row(241, "EX_INVMOD", "Invalid RAID command mode", "Confirm the configuration file and the array's settings.", .known, "4.6")
        case .noRemoteHost: Row(242, "EX_ENORMT", "No remote host alive for remote commands or Remote Raid Manager might be blocked (sleeping) on an existing I/O.", "Check that the partner's HORCM is running and that its address and service are reachable.", .known, "4.6")
        case .nameTooLong: Row(243, "EX_ENAMLG", "Undefined error, or too long name", "Confirm the configuration file and the array's settings.", .known, "4.6")
        case .resultTooLarge: Row(244, "EX_ERANGE", "Result too large", "Confirm the configuration file and the array's settings.", .known, "4.6")
        case .noMemory: Row(245, "EX_ENOMEM", "Not enough core", "Confirm the configuration file and the array's settings.", .known, "4.6")
        case .noSuchDevice: Row(246, "EX_ENODEV", "No such device", "Check the group and device names in the configuration file.", .known, "4.6")
        case .noSuchDeviceOrGroup: Row(247, "EX_ENOENT", "No such device or group", "Check the group and device names in the configuration file.", .one, "4.6")
        case .invalidOptionValue: Row(248, "EX_OPTINV", "A specified option is invalid", "See the usage that -h prints.", .known, "4.6")
        case .invalidOptionName: Row(249, "EX_INVNAM", "Invalid name of option", "See the usage that -h prints.", .known, "4.6")
        case .noDebugLayer: Row(250, "EX_ATTDBG", "Can't be attached to a Debug layer", "Confirm the configuration file and the array's settings.", .known, "4.6")
        case .notAttached: Row(251, "EX_ATTHOR", "Can't be attached to HORC manager", "Start HORCM with horcmstart.sh, or check HORCMINST and the -I option.", .several, "4.6")
        case .unknownOption: Row(252, "EX_UNWOPT", "Unknown option", "See the usage that -h prints.", .real, "4.6")
        case .invalidArgument: Row(253, "EX_INVARG", "Invalid argument", "See the usage that -h prints.", .known, "4.6")
        case .argumentMissing: Row(254, "EX_REQARG", "Required Arg list", "See the usage that -h prints.", .known, "4.6")
        case .connectionLost: Row(255, "EX_COMERR", "Can't be communicated with HORC manager", "Check that HORCM is still running.", .known, "4.6")
        }
    }
}
