internal import CPlatform

/// CRC-32C of `bytes` with the processor's instruction; equal to `Checksum.crc32c` of the core. // hot
package func payloadChecksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    unsafe arraybench_crc32c(0, bytes.baseAddress, bytes.count)
}
