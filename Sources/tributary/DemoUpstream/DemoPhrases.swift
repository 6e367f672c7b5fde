/// What the demo answers are made of.
enum DemoPhrases {
    static let openings = [
        "You asked about **TOPIC**. The short answer: it depends on what you want to keep simple, and there is usually one choice that stays simple the longest.",
        "Good question! 👋 **TOPIC** comes up often, and most of the confusion goes away once the parts have names.",
        "Let us look at **TOPIC** step by step. I will start with the idea, and then make it concrete.",
        "There is more to **TOPIC** than it seems. Here is how I would think about it – briefly first, then with an example.",
    ]

    static let paragraphs = [
        "Think of it as a river system: many small streams flow into one bed, and whoever stands at the bank sees all of the water, in order. Nobody has to know how many springs there are. 🌊",
        "The usual mistake is to optimise the part that is easy to see. Measure first: more often than not, the time goes into *waiting*, not into work.",
        "A useful test is to explain it to somebody who has never seen it. If you need the word “basically” more than once, one of the parts probably does two jobs.",
        "None of this is new. What has changed is that the pieces have become cheap enough to use them together, and that makes the old trade-offs worth a second look.",
    ]

    static let points = [
        "**Order** – what happens first must be seen first, by everybody.",
        "**Bounds** – every buffer has a limit, and every limit has a name.",
        "**Clarity** – one word for one thing, in code and in conversation.",
        "**Recovery** – a reload is not an error; it is Tuesday.",
        "**Honesty** – if something was lost, say so instead of guessing.",
        "**Speed** – the fastest work is the work that is not done.",
    ]

    static let steps = [
        "Write down what you expect *before* you try it.",
        "Take the smallest example that still shows the problem.",
        "Change one thing at a time, and look at the result.",
        "Keep what worked as a test, so that it stays that way. ✅",
        "Throw away what did not help; future readers will be grateful.",
    ]

    static let code: [(language: String, text: String)] = [
        (
            "swift",
            """
            /// Joins many streams into one, in the order of arrival.
            func merge(_ streams: [Stream]) -> [Event] {
                streams
                    .flatMap(\\.events)
                    .sorted { $0.time < $1.time }
            }
            """
        ),
        (
            "python",
            """
            from collections import Counter

            def most_common(words: list[str], n: int = 3) -> list[str]:
                \"\"\"The n words that occur most often.\"\"\"
                return [word for word, _ in Counter(words).most_common(n)]
            """
        ),
        (
            "javascript",
            """
            const socket = new WebSocket("ws://127.0.0.1:8080/v1/ws", "tributary.v1");
            socket.onmessage = ({ data }) => {
              for (const line of data.split("\\n")) render(JSON.parse(line));
            };
            """
        ),
    ]

    static let rows = [
        "| Do nothing | – | surprisingly often |",
        "| A small script | low | when it runs once |",
        "| A library | medium | when others have the same problem |",
        "| A service | high | when it has to outlive its users’ tabs |",
        "| Ask a colleague ☕ | low | always worth a try |",
    ]

    static let closings = [
        "If you tell me more about your case, I can be more specific. 🙂",
        "That is the whole idea. Start small, and let the measurements decide. 🚀",
        "In short: name the parts, bound the buffers, test the unhappy path. Everything else is detail.",
        "I hope that helps! (This answer was made up by the demo upstream, so please do not build a bridge on it. 🌉)",
    ]

    static let thoughts = [
        "They probably want something practical rather than a lecture.",
        "There are two readings of this; the simpler one is more likely.",
        "I know several approaches; a comparison would help most.",
    ]
}
