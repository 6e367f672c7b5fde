import BridgeCore
import BridgeTestKit
import ChatProtocol
import Testing

@Suite("Is this key valid?")
struct KeyCheckTests {
    private func check(at path: String? = nil, _ play: (FakeTransfer) -> Void) throws -> Frame {
        let core = CoreFixture(targets: [.fake("u", key: "ours", keyCheckPath: path)])
        let tab = try core.tab()
        #expect(try tab.send(#"{"type":"key.check","key":"sk-mine-0123","id":7}"#).isEmpty)
        let request = core.upstream.last.request
        #expect(request.method == .get && request.url == "http://u.test/v1\(path ?? "/models")")
        #expect(request.key?.withSecret { $0 } == "sk-mine-0123")
        core.upstream(play)
        let frames = try tab.read()
        #expect(frames.count == 1 && core.timers.pendingCount == 0 && core.node.hub.runningTransfers == 0)
        let frame = try #require(frames.first)
        #expect(frame["id"] == 7 && !frame.description.contains("sk-mine"))
        return frame
    }

    @Test("the upstream lists its models: it is")
    func valid() throws {
        let frame = try check {
            $0.head()
            $0.bytes(#"{"data":[]}"#)
            $0.end()
        }
        #expect(frame.description == #"{"type":"key","id":7,"valid":true,"upstream":"u"}"#)
    }

    @Test("an upstream that has a place for the question is asked there, and lists no models")
    func ownPlace() throws {
        let valid = try check(at: "/key") {
            $0.head()
            $0.bytes(#"{"data":{"label":"sk-or-v1-0e6...1c96","usage":0}}"#)
            $0.end()
        }
        #expect(valid.description == #"{"type":"key","id":7,"valid":true,"upstream":"u"}"#)
        let invalid = try check(at: "/key") {
            $0.head(401)
            $0.bytes(#"{"error":{"message":"User not found.","code":401}}"#)
            $0.end()
        }
        #expect(invalid.type == "key" && invalid["valid"] == false)
        for page in ["<html>", #"{"data":"#, ""] {
            let frame = try check(at: "/key") {
                $0.head()
                $0.bytes(page)
                $0.end()
            }
            #expect(frame.code == "upstream_protocol", "\(page)")
        }
    }

    @Test("models with a key are asked for where they are, wherever keys are checked")
    func modelsElsewhere() throws {
        let core = CoreFixture(targets: [.fake("u", keyCheckPath: "/key")])
        let tab = try core.tab()
        try tab.send(#"{"type":"models","key":"sk-mine"}"#)
        #expect(core.upstream.last.request.url == "http://u.test/v1/models")
    }

    @Test(
        "the upstream refuses it: it is not, and the upstream's words say why, without the key", arguments: [401, 403])
    func invalid(_ status: Int) throws {
        let frame = try check {
            $0.head(status)
            $0.bytes(#"{"error":{"message":"Incorrect API key: sk-mine-0123"}}"#)
            $0.end()
        }
        #expect(frame.type == "key" && frame["valid"] == false && frame["upstream"] == "u")
        let message: String? = frame["message"]
        #expect(message?.contains("Incorrect API key: [key]") == true)
    }

    @Test("whatever else goes wrong says nothing of the key: an error that answers the command")
    func unknown() throws {
        let plays: [(String, (FakeTransfer) -> Void)] = [
            ("upstream_unreachable", { $0.fail(.tls) }),
            ("upstream_protocol", { $0.end() }),
            (
                "upstream_error",
                {
                    $0.head(500)
                    $0.end()
                }
            ),
            (
                "upstream_rate_limited",
                {
                    $0.head(429, [("retry-after", "3")])
                    $0.end()
                }
            ),
            (
                "upstream_protocol",
                {
                    $0.head()
                    $0.bytes("<html>")
                    $0.end()
                }
            ),
        ]
        for (code, play) in plays {
            let frame = try check(play)
            #expect(frame.type == "error" && frame.code == code && frame["command"] == "key.check")
        }
    }

    @Test("an upstream that takes no keys is not asked; nor is one that is not there, nor any without a key")
    func refused() throws {
        let core = CoreFixture(targets: [.fake("u", keyPolicy: .server)])
        let tab = try core.tab()
        for (command, field) in [
            (#"{"type":"key.check","key":"k"}"#, "key"), (#"{"type":"key.check"}"#, "key"),
            (#"{"type":"key.check","key":"a b"}"#, "key"),
            (#"{"type":"key.check","upstream":"x","key":"k"}"#, "upstream"),
        ] {
            let frames = try tab.send(command)
            #expect(frames.map(\.code) == ["bad_request"] && frames[0]["field"] == field)
        }
        #expect(core.upstream.transfers.isEmpty)
    }

    @Test("checks and lists together are four at a time; who goes ends them")
    func bounded() throws {
        let core = CoreFixture(targets: [.fake("u")])
        let tab = try core.tab()
        for _ in 0..<4 { try tab.send(#"{"type":"key.check","key":"k"}"#) }
        #expect(try tab.send(#"{"type":"key.check","key":"k"}"#).map(\.code) == ["too_many_requests"])
        tab.disconnect()
        #expect(core.upstream.transfers.count == 4 && core.upstream.transfers.allSatisfy(\.isCancelled))
    }
}
