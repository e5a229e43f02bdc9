internal import CPlatform

/// CRC-32C of `bytes` with the processor's instruction; equal to `Checksum.crc32c` of the core. // hot
package func payloadChecksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    unsafe arraybench_crc32c(0, bytes.baseAddress, bytes.count)
}

/// Goes on with a sum: the sum of what `sum` is of, followed by `bytes`. // hot
package func payloadChecksum(_ sum: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
    unsafe arraybench_crc32c(sum, bytes.baseAddress, bytes.count)
}

/// The sum of A followed by B, from the sum of A and the sum of B, which has 4,096 bytes. // hot
package func payloadChecksum(_ sum: UInt32, followedByBlock block: UInt32) -> UInt32 {
    arraybench_crc32c_append_block(sum, block)
}
