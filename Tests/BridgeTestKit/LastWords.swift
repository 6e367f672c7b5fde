import Glibc

/// What a test was doing, for the case that the process dies of it: a trap tells a line of the code, but not the seed.
package enum LastWords {
    private static let capacity = 512
    /// Written by the test's thread and read by a signal handler, which may only touch plain memory.
    nonisolated(unsafe) private static let words: UnsafeMutablePointer<UInt8> = {
        let words = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        words.initialize(repeating: 0, count: capacity)
        for number in [SIGILL, SIGTRAP, SIGSEGV, SIGABRT] {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { number in
                LastWords.write()
                raise(number)
            }
            // The second time it is the signal's own way, a crash report included.
            action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | SA_NODEFER
            sigaction(number, &action, nil)
        }
        return words
    }()

    /// At most one line of 500 bytes.
    package static func say(_ text: String) {
        let words = words
        var count = 0
        for byte in ("the last words were: " + text).utf8.prefix(capacity - 2) {
            words[count] = byte
            count += 1
        }
        words[count] = UInt8(ascii: "\n")
        words[count + 1] = 0
    }

    private static func write() {
        _ = Glibc.write(2, words, strlen(UnsafeRawPointer(words).assumingMemoryBound(to: CChar.self)))
    }
}
