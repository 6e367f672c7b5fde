import ByteCoding
import Providers
import Testing

@Suite("Model lists")
struct ModelListTests {
    private func list(_ body: String) throws -> [ListedModel] { try decodeModelList(Array(body.utf8).span) }

    @Test("models are read in the shapes that servers use")
    func shapes() throws {
        #expect(
            try list(#"{"object":"list","data":[{"id":"a","object":"model","created":7,"owned_by":"o"},{"id":"b"}]}"#)
                == [ListedModel(id: "a", created: 7, ownedBy: "o"), ListedModel(id: "b")])
        #expect(try list(#"[{"id":"a","type":"chat"}]"#) == [ListedModel(id: "a")])
        #expect(try list(#"{"models":[{"name":"x"},{"name":"y","model":"z"}]}"#).map(\.id) == ["x", "z"])
        #expect(try list(#"{"models":[{"name":"x"}],"data":[{"id":"a"}]}"#).map(\.id) == ["a"])
        #expect(try list(#"{"data":[]}"#).isEmpty)
        #expect(try list(#"{"data":[{},{"id":""},{"id":3},null,{"id":"a","created":"?"}]}"#) == [ListedModel(id: "a")])
    }

    @Test(
        "what is no list is an error", arguments: ["", "{}", "7", "{\"data\":null}", "{\"data\":[}", "<html>", "[] x"])
    func invalid(body: String) {
        #expect(throws: JSONError.self) { try list(body) }
    }
}
