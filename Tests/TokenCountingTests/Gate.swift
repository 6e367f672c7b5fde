import Foundation
import Glibc

/// A file that can be opened at once, but whoever reads it waits until there is something: a FIFO.
final class Gate {
    private let file: URL
    /// Open for reading too, so that neither this nor the reader's opening waits for the other.
    private let descriptor: Int32

    init(_ file: URL) throws {
        self.file = file
        guard mkfifo(file.path, 0o600) == 0 else { throw POSIXError(.EIO) }
        descriptor = Glibc.open(file.path, O_RDWR | O_CLOEXEC)
    }

    /// Lets the reader have `bytes` (no more than a FIFO holds) and the file's end; who opens it from now on finds an
    /// ordinary file of them.
    func open(_ bytes: [UInt8]) throws {
        try Data(bytes).write(to: file, options: .atomic)
        let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        precondition(count == bytes.count, "a FIFO takes so much")
        close(descriptor)
    }
}
