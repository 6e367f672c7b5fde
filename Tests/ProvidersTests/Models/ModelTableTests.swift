import ByteCoding
import Providers
import Testing

@Suite("The table of models")
struct ModelTableTests {
    private static let text = """
        {"updated": "2025-01-31", "models": [
          {"names": ["gpt-4o*"], "context_tokens": 128000, "tokens": "o200k", "prices": [["openai", "2.50", "10.00"]]},
          {"names": ["gpt-4o-mini*", "gpt-4o"], "max_output_tokens": 16384, "input": ["text", "image"], "output": ["text"]},
          {"names": ["*"], "tokens": 4.5},
          {"names": ["gpt-4o*"], "context_tokens": 1}
        ]}
        """

    private static func table(_ text: String = text) throws -> ModelTable {
        let bytes = Array(text.utf8)
        return try ModelTable(json: bytes.span)
    }

    @Test("has an entry for each name, with what is said of it and nothing else")
    func reading() throws {
        let table = try Self.table()
        #expect(table.updated == "2025-01-31")
        #expect(table.entries.map(\.pattern) == ["gpt-4o*", "gpt-4o-mini*", "gpt-4o", "*", "gpt-4o*"])
        #expect(
            table.entries[0]
                == KnownModel(
                    pattern: "gpt-4o*", contextTokens: 128_000, measure: .o200k,
                    prices: ["openai": .init(input: "2.50", output: "10.00")]))
        #expect(
            table.entries[1]
                == KnownModel(
                    pattern: "gpt-4o-mini*", maxOutputTokens: 16_384, inputModalities: ["text", "image"],
                    outputModalities: ["text"]))
        #expect(table.entries[3].measure == .bytesPerToken(4.5))
    }

    @Test(
        "answers with the longest pattern that fits, a whole name before all",
        arguments: [
            ("gpt-4o-2024-08-06", "gpt-4o*"), ("gpt-4o-mini-2024-07-18", "gpt-4o-mini*"), ("gpt-4o", "gpt-4o"),
            ("GPT-4o-Mini", "gpt-4o-mini*"), ("openai/gpt-4o", "*"), ("llama", "*"), ("", "*"),
        ])
    func longest(model: String, pattern: String) throws {
        #expect(try Self.table().entry(for: model)?.pattern == pattern)
    }

    @Test("takes the first of two entries for one pattern")
    func first() throws {
        #expect(try Self.table().entry(for: "gpt-4o-x")?.contextTokens == 128_000)
    }

    @Test("looks a name with a maker before it up by its last part, where it is not known whole")
    func maker() {
        let table = ModelTable([
            KnownModel(pattern: "gpt-4o*", contextTokens: 1), KnownModel(pattern: "azure/gpt-4o", contextTokens: 2),
        ])
        #expect(table.entry(for: "openai/gpt-4o")?.contextTokens == 1)
        #expect(table.entry(for: "a/b/gpt-4o-mini")?.contextTokens == 1)
        #expect(table.entry(for: "azure/gpt-4o")?.contextTokens == 2)
        #expect(table.entry(for: "openai/") == nil && table.entry(for: "gpt") == nil)
    }

    @Test("lets overrides speak first, and the table where they are silent")
    func overrides() throws {
        let table = try Self.table().overridden(by: [
            KnownModel(pattern: "gpt-*", maxOutputTokens: 7), KnownModel(pattern: "mine", contextTokens: 8),
        ])
        let entry = try #require(table.entry(for: "gpt-4o-2024-08-06"))
        #expect(entry.maxOutputTokens == 7 && entry.contextTokens == 128_000 && entry.measure == .o200k)
        #expect(entry.prices["openai"]?.input == "2.50")
        let own = try #require(table.entry(for: "mine"))
        #expect(own.contextTokens == 8 && own.measure == .bytesPerToken(4.5))
        #expect(ModelTable(overrides: [KnownModel(pattern: "a")]).entry(for: "a") == KnownModel(pattern: "a"))
    }

    @Test(
        "knows vocabularies, and multiples of one",
        arguments: [
            ("o200k", KnownModel.Measure.o200k), ("cl100k", .cl100k), ("o200k*1.05", .likeO200k(1.05)),
        ])
    func measures(name: String, measure: KnownModel.Measure) throws {
        let table = try Self.table(#"{"models": [{"names": ["a"], "tokens": "\#(name)"}]}"#)
        #expect(table.entry(for: "a")?.measure == measure)
    }

    @Test("knows who thinks adaptively, and an override may say that nobody does")
    func adaptiveThinking() throws {
        let table = try Self.table(#"{"models": [{"names": ["a*"], "adaptive_thinking": ["low", "max"]}]}"#)
        #expect(table.entry(for: "a1")?.adaptiveThinking == [.low, .max])
        let other = table.overridden(by: [KnownModel(pattern: "a1", adaptiveThinking: []), KnownModel(pattern: "a2")])
        #expect(
            other.entry(for: "a1")?.adaptiveThinking == [] && other.entry(for: "a2")?.adaptiveThinking == [.low, .max])
    }

    @Test(
        "does not read what has a slip in it",
        arguments: [
            #"{"models": [{"names": ["a"], "window": 1}]}"#, #"{"modles": []}"#, #"{"models": {}}"#,
            #"{"models": [{"names": ["a"], "tokens": "p50k"}]}"#,
            #"{"models": [{"names": ["a"], "tokens": "o200k*"}]}"#,
            #"{"models": [{"names": ["a"], "tokens": "o200k*0"}]}"#,
            #"{"models": [{"names": ["a"], "tokens": "cl100k*1"}]}"#,
            #"{"models": [{"names": ["a"], "adaptive_thinking": ["hard"]}]}"#,
            #"{"models": [{"names": ["a"], "adaptive_thinking": ["none"]}]}"#,
            #"{"models": [{"names": ["a"], "prices": [["openai", "1"]]}]}"#, #"{"models": []} x"#, "",
        ])
    func slips(text: String) {
        #expect(throws: JSONError.self) { try Self.table(text) }
    }
}
