// Does an instance in protection mode change only what its host was permitted, and show everything all the same?

import CommandDevice
import RaidManager
import ReplicationCore
import Testing

@Suite struct PermissionTests {
    /// Two volumes, LDEV 18 and LDEV 20, in protection mode.
    private func session(_ situation: String = "pair", from role: Role = .primary) -> FakeSession {
        let session = Situation.named(situation).session(.never, from: role, volumes: 2)
        session.memory.change { $0.permissions.protect() }
        session.theMachine.devices = HostDevices(
            [("/dev/sdb", 18), ("/dev/sdc", 20), ("/dev/sdd", 99)].map { name, ldev in
                HostDevice(
                    name: name, serial: ArraySerial(30053), ldev: LDEVNumber(ldev),
                    path: VolumePath(port: "CL1-A", target: 1, lun: ldev))
            })
        return session
    }

    @Test(arguments: [
        ("simplex", "paircreate -g oradb -vl -f never"), ("pair", "pairsplit -g oradb"),
        ("pair", "pairsplit -g oradb -S"), ("split", "pairresync -g oradb"),
        ("split", "pairresync -g oradb -swapp"), ("pair", "raidvchkset -g oradb -vg inv"),
    ])
    func nothingIsChangedThatIsNotPermitted(_ situation: String, _ line: String) {
        let session = session(situation)
        let outcome = run(line, in: session)
        #expect(outcome.status == 213, "\(outcome.text)")
        #expect(outcome.errors.first?.hasSuffix("[EX_ENPERM] Permission denied with the LDEV") ?? false)
        #expect(session.local.performed.isEmpty && session.remote.performed.isEmpty)
        // Half of a group is not enough.
        session.theMachine.input = ["/dev/sdb"]
        #expect(run("raidscan -find inst", in: session).status == 0)
        #expect(run(line, in: session).status == 213 && session.local.performed.isEmpty)
        session.theMachine.input = ["/dev/sdc"]
        #expect(run("raidscan -find inst", in: session).status == 0)
        #expect(run(line, in: session).status == 0)
    }

    @Test(arguments: [
        "pairdisplay -g oradb -fcx", "pairvolchk -g oradb -c", "pairevtwait -g oradb -nowait", "raidqry -l",
        "raidscan -a",
        "paircurchk -g oradb", "raidvchkdsp -g oradb -v gflag", "horcctl -ND -g oradb", "pairmon -nowait",
    ])
    func whatShowsGoesOnWorking(_ line: String) {
        let open = Situation.named("pair").session(.never, volumes: 2)
        let told = run(line, in: open)
        #expect(run(line, in: session()) == told && told.status != 213)
    }

    @Test func aVolumeAloneCanBePermitted() {
        let session = session()
        session.theMachine.input = ["/dev/sdb"]
        let granted = run("raidscan -find inst", in: session)
        #expect(granted.output.count == 2 && granted.output[1].contains("oradev1"), "\(granted.text)")
        #expect(run("pairsplit -g oradb -d oradev1", in: session).status == 0)
        #expect(run("pairsplit -g oradb -d oradev2", in: session).status == 213)
    }

    @Test func aVolumeOfNoGroupIsNotPermitted() {
        let session = session()
        session.theMachine.input = ["/dev/sdd", "/dev/none"]
        #expect(run("raidscan -find inst", in: session).output.count == 1)
        #expect(session.memory.change { $0.permissions.count } == 0)
    }

    @Test func aPartnerInProtectionModeRefusesAsWell() {
        let array = FakeArray(30053, [Situation.named("pair").volume(.primary, 0, .never)])
        let memory = FakeMemory()
        memory.change { $0.permissions.protect() }
        let service = FakeSession.service(array, ["oradev1"], FakePartner { _ in nil }, memory)
        let request = InstanceRequest.perform(array.identity.serial, .split([LDEVNumber(18)], .secondaryReadOnly))
        guard case .failed(let failure) = service.answer(request, for: .partner) else {
            Issue.record("it was done")
            return
        }
        #expect(failure.error == .volumeNotPermitted && array.performed.isEmpty)
    }

    /// Of a local pair each instance answers for its own half.
    @Test func aLocalPairNeedsTheOwnHalfAlone() {
        let session = LocalSituation.all[2].session()
        session.memory.change { $0.permissions.protect() }
        #expect(run("pairsplit -g oradb -IM0", in: session).status == 213)
        session.memory.change { $0.permissions.permit([VolumeNumber(ArraySerial(30053), LDEVNumber(18))]) }
        #expect(run("pairsplit -g oradb -IM0", in: session).status == 0)
        #expect(session.local.performed.count == 1)
    }

    @Test func theScreensSayWhatIsPermitted() {
        let session = session()
        session.theMachine.input = ["/dev/sdb"]
        let lines = ["horcctl -D", "pairsplit -g oradb", "raidscan -find inst", "pairsplit -g oradb -d oradev1"]
        let text = lines.map { "$ \($0)\n\(run($0, in: session).text)" }
        Golden.check("small/protection", source: "sections 1.8, 2.11 and 2.14", text.joined(separator: "\n\n"))
    }

    @Test func thePermissionFileIsRead() {
        let text = "# our disks\n/dev/sdb\n\n  /dev/sdc   # the log\nsdd\n/dev/sde\n"
        #expect(PermissionFile.names(text) == ["/dev/sdb", "/dev/sdc", "/dev/sdd", "/dev/sde"])
        let devices = session().theMachine.devices
        #expect(PermissionFile.volumes(text, devices.device).map(\.ldev.value) == [18, 20, 99])
    }

    @Test func theEnvironmentSaysWhereItIs() {
        func environment(_ values: [String: String], _ instance: UInt16? = 5) -> InstanceEnvironment {
            InstanceEnvironment(values.merging(["ARRAYBENCH_ROOT": "/r"]) { $1 }, instance: instance)
        }
        #expect(environment([:]).permissionFile == "/r/etc/horcmperm5.conf" && !environment([:]).isProtected)
        #expect(environment([:], nil).permissionFile == "/r/etc/horcmperm.conf")
        #expect(environment(["HORCMPERM": "/p"]).permissionFile == "/p")
        #expect(environment(["HORCMPERM": "MGRNOINST"]).permissionFile == nil)
        #expect(environment(["HORCMPROMOD": ""]).isProtected)
    }
}
