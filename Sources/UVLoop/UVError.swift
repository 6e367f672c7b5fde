internal import CLibuv

/// A libuv call that said no: which one, and its negative status.
package struct UVError: Error, Equatable, CustomStringConvertible {
    /// The C function that failed.
    package let operation: String
    /// libuv's status, a negative errno.
    package let status: Int32

    init(_ operation: String, _ status: Int32) {
        self.operation = operation
        self.status = status
    }

    /// Throws where `status` is an error; libuv's successes are zero or positive.
    static func check(_ operation: String, _ status: Int32) throws(UVError) {
        if status < 0 { throw UVError(operation, status) }
    }

    package var description: String {
        "\(operation): \(String(cString: uv_strerror(status))) (\(String(cString: uv_err_name(status))))"
    }
}
