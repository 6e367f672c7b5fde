import ChatProtocol
import Testing

@Suite("Identifiers and catalogues")
struct CatalogueTests {
    @Test(
        "an identifier is 1 to 128 of letters, digits and . _ : -",
        arguments: [
            ("a", true), ("Zk3vYw8m1QhT5b0rXUoLdA", true), ("a.b_c:d-e9", true), ("", false), ("a b", false),
            ("a/b", false), ("ä", false), ("a\"", false), ("a\n", false), ("a\u{0}", false), ("a\\", false),
        ])
    func identifier(_ text: String, _ isValid: Bool) {
        #expect(Identifier.isValid(text) == isValid)
    }

    @Test("128 characters are allowed, 129 are not")
    func length() {
        #expect(Identifier.isValid(String(repeating: "x", count: 128)))
        #expect(!Identifier.isValid(String(repeating: "x", count: 129)))
    }

    @Test("the error codes are those of the protocol, with what retrying can do")
    func errorCodes() {
        let retryable: Set = [
            "too_many_requests", "upstream_rate_limited", "upstream_error", "upstream_unreachable", "upstream_timeout",
            "upstream_closed", "interrupted", "draining", "internal",
        ]
        let final: Set = [
            "bad_request", "unknown_type", "unauthorized", "forbidden", "not_joined", "unknown_request",
            "request_exists", "missing_key", "invalid_key", "model_not_found", "context_length", "upstream_protocol",
        ]
        #expect(Set(ErrorCode.allCases.filter(\.isRetryable).map(\.rawValue)) == retryable)
        #expect(Set(ErrorCode.allCases.filter { !$0.isRetryable }.map(\.rawValue)) == final)
    }

    @Test("the close codes say who may come back")
    func closeCodes() {
        let stay: Set<UInt16> = [1003, 1007, 1008, 1009, 4401, 4403]
        let come: Set<UInt16> = [1000, 1001, 1011, 1012, 4290, 4408, 4429]
        #expect(Set(CloseCode.allCases.filter { !$0.mayReconnect }.map(\.rawValue)) == stay)
        #expect(Set(CloseCode.allCases.filter(\.mayReconnect).map(\.rawValue)) == come)
    }
}
