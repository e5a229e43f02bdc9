// How a host of the bench sees the machine, as a plan of mounts. Everything of the machine is there, with these exceptions:
//
//   /HORCM             the host's own folder, with the commands in /HORCM/usr/bin
//   /usr/bin           the machine's programs, and links to the commands
//   /etc               the host's own folder: its horcm<N>.conf, and links to the machine's files
//   /dev               the machine's without its disks; the host's disks as /dev/sdb …
//   /.machine          what those links lead to
//
// Links and not an overlay file system, since all kernels and users have them, and because what a script writes to /etc
// then stays in the host's folder and is seen by all views of that host at once.

internal import CommandDevice
package import HostView
internal import ReplicationCore

package enum HostViewPlan {
    /// Programs that the installer of RAID Manager puts into /HORCM only.
    /// - Source: RAID Manager reference, section 1.1.
    package static let notInUsrBin = ["horcmgr", "inqraid", "mkconf.sh", "findcmddev"]

    /// - Parameters:
    ///   - loops: the block devices of attached volumes, by LDEV (`00:10`).
    ///   - hasOwnUsers: as an ordinary user. There are no nodes then: a disk's name shows the volume's file itself.
    package static func make(
        for host: HostDescription, in bench: BenchDescription, layout: BenchLayout, loops: [String: DeviceNumber],
        hasOwnUsers: Bool
    ) -> MountPlan {
        let folder = layout.host(host.name)
        var steps: [MountStep] = [
            .root(folder: layout.view(of: host.name), name: layout.viewName(of: host.name)),
            .machine(except: ["dev", "etc", "HORCM", ".machine"]),
            .folder(at: "/.machine"),
            .bind("/etc", at: "/.machine/etc", isOptional: false),
            .folder(at: "/.machine/usr"),
            .bind("/usr/bin", at: "/.machine/usr/bin", isOptional: false),
            // Relative links in /etc and /usr/bin lead through these.
            .links(at: "/.machine/usr", from: "/usr", to: "/usr", except: []),
            .links(at: "/.machine", from: "/", to: "", except: [".machine"]),
            .bind(folder + "/HORCM", at: "/HORCM", isOptional: false),
            .bind(layout.commands, at: "/HORCM/usr/bin", isOptional: false),
            .tmpfs(at: "/usr/bin"),
            .links(at: "/usr/bin", from: layout.commands, to: "/HORCM/usr/bin", except: notInUsrBin),
            .links(at: "/usr/bin", from: "/usr/bin", to: "/.machine/usr/bin", except: []),
            .bind(folder + "/etc", at: "/etc", isOptional: false),
            .links(at: "/etc", from: "/etc", to: "/.machine/etc", except: ["horcm*", "arraybench*"]),
            .tmpfs(at: "/dev"),
        ]
        let table = HostDisks.table(of: host, in: bench, layout: layout)
        // Folders that the machine has as well are shown as it has them: nothing is made in those.
        steps += commandDevices(table) { $0.hasFolderInDev }
        steps += [
            // What the machine's own disks are called elsewhere.
            .devices(except: ["disk", "block"])
        ]
        steps += disks(of: host, table, layout: layout, loops: loops, hasOwnUsers: hasOwnUsers)
        steps += commandDevices(table) { !$0.hasFolderInDev }
        return MountPlan(hostName: bench.machine(of: host), hasOwnUsers: hasOwnUsers, steps: steps)
    }

    /// Links, so that they lead to the array that runs now, however often it was started since the view was made.
    private static func commandDevices(_ table: HostDevices, _ isWanted: (HostDevice) -> Bool) -> [MountStep] {
        table.devices.flatMap { device -> [MountStep] in
            guard device.kind == .command, device.name.hasPrefix("/dev/"), isWanted(device), let file = device.file
            else {
                return []
            }
            let parts = device.name.split(separator: "/")
            let folders = parts.indices.dropFirst().dropLast().map { "/" + parts[...$0].joined(separator: "/") }
            return folders.map { .folder(at: $0) } + [.link(at: device.name, to: file)]
        }
    }

    private static func disks(
        of host: HostDescription, _ table: HostDevices, layout: BenchLayout, loops: [String: DeviceNumber],
        hasOwnUsers: Bool
    ) -> [MountStep] {
        table.devices.compactMap { entry -> MountStep? in
            guard entry.kind == .volume else { return nil }
            let ldev = entry.ldev.description
            if hasOwnUsers { return .link(at: entry.name, to: layout.device(of: ldev, array: host.array)) }
            return loops[ldev].map { .node(at: entry.name, $0) }
        }
    }
}

extension HostDevice {
    /// `/dev/rdsk/c1t0d0`, not `/dev/sdb`.
    fileprivate var hasFolderInDev: Bool { name.split(separator: "/").count > 2 }
}
