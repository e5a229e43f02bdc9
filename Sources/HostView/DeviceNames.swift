// The names of a host's disks, as Linux gives them: /dev/sda … /dev/sdz, /dev/sdaa … A bench's hosts begin with sdb, as a
// host whose system disk is sda does.

package enum DeviceNames {
    /// - Parameter index: from 0, which is `/dev/sdb`.
    package static func disk(_ index: Int) -> String {
        precondition(index >= 0)
        var letters = ""
        // Bijective base 26: after z comes aa.
        var rest = index + 2
        while rest > 0 {
            rest -= 1
            letters = String(UnicodeScalar(UInt8(97 + rest % 26))) + letters
            rest /= 26
        }
        return "/dev/sd" + letters
    }
}
