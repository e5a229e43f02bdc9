// What a start leaves behind in memory.

internal import CPlatform

/// Takes the program's own code out of this process's resident memory: most of it is needed at the start only. What is
/// needed again is still in the page cache, and comes back without a read.
package func releaseStartupPages() { arraybench_release_code_pages() }
