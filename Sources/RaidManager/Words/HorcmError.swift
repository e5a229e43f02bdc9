// Every error of RAID Manager. 0 to 127 are results, 128 to 255 are errors. What they are called and what they say is in
// `ErrorTable`.

/// The raw value is the error's number on the wire between command and instance. It is the exit status where one name has
/// that status alone; the names that raidcom shares a status between have numbers of their own.
package enum HorcmError: UInt8, Hashable, Sendable, CaseIterable {
    // raidcom's own, for its command line.
    case escapeMissing = 1
    case fileMissing = 2
    case invalidOperand = 3
    case invalidWord = 4
    case argumentTooLong = 5
    case tooManyArguments = 6
    case commandMissing = 7
    case unknownWord = 8
    case invalidWordValue = 9

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
    package var exitStatus: Int32 { ErrorTable.row(self).status }
    /// The word in brackets, such as `EX_ENORMT`.
    package var name: String { ErrorTable.row(self).token }
    /// The sentence behind it.
    package var message: String { ErrorTable.row(self).text.value }
    /// What an operator can do about it, for the command log.
    package var remedy: String { ErrorTable.row(self).remedy }
    /// The sentence with its mark.
    package var fact: Fact<String> { ErrorTable.row(self).text }
}
