import Testing

@testable import WebSocketServer

@Suite struct AcceptEncodingTests {
    /// Chosen where a file is there in all codings.
    private func chosen(_ field: String?, of available: [ContentCoding] = [.brotli, .gzip, .identity]) -> ContentCoding?
    {
        AcceptEncoding(field).best(of: available)
    }

    @Test(
        "the coding that the client likes best is chosen, of equals the one that makes files shorter",
        arguments: [
            ("gzip, deflate, br, zstd", ContentCoding.brotli), ("gzip, deflate", .gzip), ("br", .brotli),
            ("br;q=0.9, gzip;q=1.0", .gzip), ("br;q=0.5, gzip;q=0.5", .brotli), ("gzip;q=0.001", .gzip),
            ("gzip;q=0.5, identity", .identity), ("identity;q=0.5, gzip;q=0.4", .identity),
            ("GZIP", .gzip), ("x-gzip", .gzip), ("  br ;  Q=0.2\t,gzip;q=0.1", .brotli),
        ])
    func preferred(field: String, coding: ContentCoding) {
        #expect(chosen(field) == coding)
    }

    @Test("a client that says nothing, or nothing that is here, gets the file as it is")
    func plain() {
        for field in [nil, "", " ", ",,", "deflate", "zstd, compress;q=1", "br;q=0", "br;q=0, gzip;q=0.0, x;q=1"] {
            #expect(chosen(field) == .identity, "\(field ?? "nil")")
        }
        #expect(chosen("br, gzip", of: [.identity]) == .identity)
        #expect(chosen("br, gzip;q=0.5", of: [.gzip, .identity]) == .gzip)
    }

    @Test("a star stands for every coding that is not named, also for the file as it is")
    func star() {
        #expect(chosen("*") == .brotli)
        #expect(chosen("br;q=0, *") == .gzip)
        #expect(chosen("br;q=0.3, *;q=0.2") == .brotli)
        #expect(chosen("gzip;q=0.3, *;q=0.4") == .brotli)
        #expect(chosen("*;q=0.5, identity;q=1") == .identity)
        #expect(chosen("*;q=0, gzip") == .gzip)
        #expect(chosen("*;q=0, gzip", of: [.identity]) == nil)
        #expect(chosen("*;q=0, identity") == .identity)
    }

    @Test("who refuses the file as it is gets another, or none")
    func refused() {
        #expect(chosen("identity;q=0", of: [.identity]) == nil)
        #expect(chosen("identity;q=0") == nil)
        #expect(chosen("identity;q=0, gzip") == .gzip)
        #expect(chosen("*;q=0") == nil)
        #expect(chosen("*;q=0.000", of: [.identity]) == nil)
    }

    @Test(
        "what is malformed says nothing",
        arguments: [
            "br;q=", "br;q", "br;", "br;;q=1", "br;q=1.001", "br;q=1.1", "br;q=2", "br;q=0.1234", "br;q=-1", "br;q=.5",
            "br;q=NaN", "br;q =1", "br;q= 1", "br;level=5", "br;q=1;q=0", "b r", "br;q=\u{661}",
            "br;q=1e9", "\"br\"", "bröt", "br;q=99999999999999999999",
        ])
    func malformed(field: String) {
        #expect(chosen(field) == .identity)
        #expect(chosen(field + ", gzip") == .gzip)
    }

    @Test("a weight may have a point and no decimals, and up to three")
    func weights() {
        #expect(chosen("br;q=1., gzip;q=0.999") == .brotli)
        #expect(chosen("br;q=1.000, gzip;q=0.999") == .brotli)
        #expect(chosen("br;q=0., gzip;q=0.1") == .gzip)
        #expect(chosen("br;q=0.09, gzip;q=0.1") == .gzip)
        #expect(chosen("br;q=0.101, gzip;q=0.1") == .brotli)
    }

    @Test("who refuses a coding and takes it has refused it")
    func contradiction() {
        #expect(chosen("br, br;q=0") == .identity)
        #expect(chosen("br;q=0, br") == .identity)
        #expect(chosen("gzip, x-gzip;q=0.1, br;q=0.2") == .brotli)
    }

    @Test("of a list without end the first 32 are looked at")
    func long() {
        let names = { (count: Int) in Array(repeating: "x", count: count).joined(separator: ",") }
        #expect(chosen(names(31) + ",br") == .brotli)
        #expect(chosen(names(32) + ",br") == .identity)
        #expect(chosen(names(32) + ",br,br") == .identity)
        #expect(chosen(String(repeating: ",", count: 16_000) + "br") == .brotli)
    }
}
