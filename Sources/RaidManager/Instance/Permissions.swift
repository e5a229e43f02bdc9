// Protection mode: an instance that is in it changes no volume that its host was not permitted to. What only shows goes on
// working. A host is permitted a volume by its device file, from the permission file at the start of the instance, or by
// `raidscan -find inst` later; nothing takes a permission back but the end of the instance.
//
// - Source: RAID Manager reference, sections 1.1, 1.8 and 2.11.

package import CommandDevice
internal import ReplicationCore

package struct Permissions: Sendable {
    package private(set) var isProtected = false
    private var permitted: Set<VolumeNumber> = []

    package init() {}

    package var count: Int { permitted.count }

    package mutating func protect() { isProtected = true }

    package mutating func permit(_ volumes: [VolumeNumber]) { permitted.formUnion(volumes) }

    package func allows(_ volume: VolumeNumber) -> Bool { !isProtected || permitted.contains(volume) }
}

/// The permission file: a device file on each line, `#` begins a comment.
package enum PermissionFile {
    package static func names(_ text: String) -> [String] {
        text.split(separator: "\n").flatMap { DeviceFileNames.inText(String($0.prefix { $0 != "#" })) }
    }

    /// The volumes behind the names; what leads to no volume permits none.
    package static func volumes(_ text: String, _ device: (String) -> HostDevice?) -> [VolumeNumber] {
        names(text).compactMap { name in
            device(name).flatMap { $0.kind == .volume ? VolumeNumber($0.serial, $0.ldev) : nil }
        }
    }
}
