// Asking a person, or a program in his place.

internal import CPlatform
internal import Glibc

extension SystemCalls {
    /// The next line of standard input without its end; nil at the end of the stream. Read byte by byte: the rest belongs
    /// to whoever reads next.
    /// - Parameters:
    ///   - prompt: shown on a terminal alone, where the cursor stays behind it.
    ///   - isSecret: a terminal does not show what is typed.
    package static func inputLine(_ prompt: String, isSecret: Bool) -> String? {
        let isTerminal = isatty(0) == 1
        if isTerminal { writeAll(1, Array(prompt.utf8)) }
        return isTerminal && isSecret ? withoutEcho(inputLine) : inputLine()
    }

    private static func inputLine() -> String? {
        var bytes: [UInt8] = []
        while true {
            guard let byte = readExactly(0, 1)?.first else {
                // An empty line is a line; the end of the stream is none.
                guard !bytes.isEmpty else { return nil }
                break
            }
            if byte == 0x0A { break }
            bytes.append(byte)
        }
        if bytes.last == 0x0D { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func withoutEcho(_ read: () -> String?) -> String? {
        var settings = termios()
        guard unsafe tcgetattr(0, &settings) == 0 else { return read() }
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO)
        unsafe tcsetattr(0, TCSAFLUSH, &silent)
        defer {
            unsafe tcsetattr(0, TCSAFLUSH, &settings)
            writeAll(1, [0x0A])
        }
        return read()
    }
}
