// The bench that `arraybench up` starts without a file. It is a bench file like any other, and `arraybench up
// --print-default` shows it, so that one of your own can begin as a copy.

package enum DefaultBench {
    package static let fileName = "default bench"
    package static let yaml = """
        # Two arrays, one link, a host with a RAID Manager instance at each, one device group.
        clock: 1x                 # 60x: every timer runs sixty times as fast, I/O does not
        arrays:
          - name: east
            serial: 30053
            ldevs:
              - { id: 00:10, size: 1GiB, count: 2, port: CL1-A, lun: 0 }
          - name: west
            serial: 30054
            ldevs:
              - { id: 00:10, size: 1GiB, count: 2, port: CL1-D, lun: 0 }
        links:
          - { name: east-west, between: [east, west], kind: unix }
        hosts:
          - { name: east, array: east, instance: 0 }
          - { name: west, array: west, instance: 1 }
        groups:
          - name: oradb
            hosts: [east, west]
            pairs:
              - { name: dev1, ldevs: [00:10, 00:10] }
              - { name: dev2, ldevs: [00:11, 00:11] }

        """
}
