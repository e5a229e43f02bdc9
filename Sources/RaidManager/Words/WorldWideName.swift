package import ReplicationCore

/// World-wide names of logical units: a company's prefix, then the array's and the volume's number.
/// - Source: RAID Manager reference, section 3.10, a real row: `60060e8008ad9c000050ad9c0000018d` is LDEV 397 of an array
///   whose serial ends with AD9C. That the two places hold the serial's low half is inferred.
package enum WorldWideName {
    /// 32 hexadecimal digits.
    package static func ofUnit(_ serial: ArraySerial, _ ldev: LDEVNumber) -> String {
        let array = hexadecimal(serial.value & 0xFFFF, digits: 4)
        return ("60060E8008" + array + "000050" + array + "0000" + hexadecimal(UInt64(ldev.value), digits: 4))
            .lowercased()
    }
}
