import BridgeTestKit
import EventStream
import Foundation
import Testing

/// A case of `Tests/Fixtures/sse.json`, which says of itself what its members mean.
struct Vector: Decodable, CustomTestStringConvertible, Sendable {
    struct Chunks: Decodable {
        var kind: String
        var at: [Int]?
        var n: Int?
    }

    struct Expected: Decodable {
        var event: String
        var id: String
        var data: String
        var retry: Double?
    }

    struct Final: Decodable {
        var last_event_id: String
        var retry: Double?
    }

    var name: String
    var input_bytes: Data
    var chunks: [Chunks]
    var expected: [Expected]
    var final: Final

    var testDescription: String { name }

    /// The ways the case lists, then those every case has to stand: whole, bytewise, and every cut in two (of large
    /// cases: about 64 of them, evenly spread).
    var ways: [SplitFeeder.Way] {
        get throws {
            let listed = try chunks.map { chunks throws -> SplitFeeder.Way in
                switch chunks.kind {
                case "whole": return .whole
                case "bytewise": return .bytewise
                case "offsets": return .at(try #require(chunks.at))
                case "every": return .every(try #require(chunks.n))
                default: throw UnknownWay(kind: chunks.kind)
                }
            }
            let isLarge = input_bytes.count > 8192
            return listed + SplitFeeder(Array(input_bytes)).ways(stride: isLarge ? input_bytes.count / 64 : 1)
        }
    }

    struct UnknownWay: Error {
        var kind: String
    }

    static let all: [Vector] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/sse.json")
        struct File: Decodable {
            var cases: [Vector]
        }
        do {
            return try JSONDecoder().decode(File.self, from: Data(contentsOf: file)).cases
        } catch {
            fatalError("Tests/Fixtures/sse.json: \(error)")
        }
    }()

    /// A reconnection time beyond 64 bits saturates: that is our choice where the standard sets no bound.
    static func milliseconds(_ retry: Double?) -> UInt64? {
        retry.map { UInt64(exactly: $0) ?? .max }
    }
}

@Suite("Event-stream vectors")
struct VectorTests {
    @Test("the vectors are there")
    func count() {
        #expect(Vector.all.count == 91)
    }

    @Test("a vector gives its events in every way of splitting it", arguments: Vector.all)
    func vector(_ vector: Vector) throws {
        let expected = vector.expected.map {
            SeenEvent(event: $0.event, id: $0.id, data: $0.data, retry: Vector.milliseconds($0.retry))
        }
        let feeder = SplitFeeder(Array(vector.input_bytes))
        for way in try vector.ways {
            var recorder = EventRecorder()
            try feeder.feed(way) { try recorder.feed($0) }
            #expect(recorder.events == expected, "\(way)")
            #expect(
                String(decoding: recorder.parser.lastEventID, as: UTF8.self) == vector.final.last_event_id, "\(way)")
            #expect(recorder.parser.retryMilliseconds == Vector.milliseconds(vector.final.retry), "\(way)")
        }
    }
}
