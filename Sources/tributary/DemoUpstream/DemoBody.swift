import FlyingFox
import FlyingSocks

/// The body of an answer: plays a script, each step at its time.
struct DemoBody: AsyncBufferedSequence {
    typealias Element = UInt8

    /// How often a waiting answer looks whether anybody still listens.
    private static let glance = Duration.milliseconds(50)

    /// Why a body breaks off; the server then closes the connection.
    enum Interruption: Error {
        case clientGone
        case onPurpose
    }

    let script: DemoScript
    let exchange: DemoExchange
    let peer: HTTPRequest.Address?

    func makeAsyncIterator() -> Iterator {
        Iterator(steps: script.steps, exchange: exchange, socket: PeerSocket(peer))
    }

    struct Iterator: AsyncBufferedIteratorProtocol {
        private var steps: ArraySlice<DemoScript.Step>
        private let exchange: DemoExchange
        private let socket: PeerSocket?
        /// When the last step was due. Pauses count from here, so that delays do not add up.
        private var due: ContinuousClock.Instant?
        /// Bytes of the current step that are still to be taken.
        private var rest: ArraySlice<UInt8> = []

        init(steps: [DemoScript.Step], exchange: DemoExchange, socket: PeerSocket?) {
            self.steps = steps[...]
            self.exchange = exchange
            self.socket = socket
            socket?.sendAtOnce()
        }

        mutating func next() async throws -> UInt8? {
            try await nextBuffer(suggested: 1)?.first
        }

        mutating func nextBuffer(suggested count: Int) async throws -> ArraySlice<UInt8>? {
            while rest.isEmpty {
                guard let step = steps.popFirst() else {
                    exchange.finish()
                    return nil
                }
                try await play(step)
            }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }

        private mutating func play(_ step: DemoScript.Step) async throws {
            let time = (due ?? .now) + step.pause
            due = time
            try await wait(until: time)
            switch step.action {
            case .send(let bytes):
                rest = bytes[...]
                exchange.sent(tokens: step.tokens)
            case .cut:
                exchange.fail()
                throw Interruption.onPurpose
            case .stall:
                // Nothing more is said; where the socket was not found, nobody can tell when the client goes.
                try await wait(until: socket == nil ? .now + .seconds(600) : nil)
                exchange.fail()
                throw Interruption.onPurpose
            }
        }

        /// Waits, for ever where there is no time; fails when the client goes away.
        private func wait(until time: ContinuousClock.Instant?) async throws {
            while true {
                if socket?.hasGone == true {
                    exchange.stop()
                    throw Interruption.clientGone
                }
                let left = time.map { ContinuousClock.now.duration(to: $0) } ?? DemoBody.glance
                guard left > .zero else { return }
                try await Task.sleep(for: Swift.min(left, DemoBody.glance))
            }
        }
    }
}
