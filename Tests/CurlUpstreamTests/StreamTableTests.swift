import Testing

@testable import CurlUpstream

@Suite("Streams by their connection")
struct StreamTableTests {
    private final class Stream {}

    private func ports(_ number: Int) -> ConnectionPorts { ConnectionPorts(local: Int32(number), remote: 443) }

    @Test("another stream is one of the same connection, and not the asking one")
    func another() {
        var table = StreamTable<Stream>()
        let streams = (0..<3).map { _ in Stream() }
        table.add(streams[0], to: ports(1))
        table.add(streams[1], to: ports(2))
        #expect(table.another(than: streams[0], on: ports(1)) == nil)
        table.add(streams[2], to: ports(1))
        #expect(table.another(than: streams[0], on: ports(1)) === streams[2])
        #expect(table.another(than: streams[2], on: ports(1)) === streams[0])
        table.remove(streams[2], from: ports(1))
        #expect(table.another(than: streams[0], on: ports(1)) == nil)
    }

    @Test("what is removed leaves nothing, and removing what is not there does nothing")
    func removal() {
        var table = StreamTable<Stream>()
        let stream = Stream()
        table.add(stream, to: ports(1))
        table.remove(stream, from: ports(2))
        table.remove(Stream(), from: ports(1))
        #expect(!table.isEmpty)
        table.remove(stream, from: ports(1))
        table.remove(stream, from: ports(1))
        #expect(table.isEmpty)
    }

    @Test("a hundred thousand streams on their connections are found and removed without a look at all of them")
    func many() {
        var table = StreamTable<Stream>()
        let streams = (0..<100_000).map { _ in Stream() }
        for (index, stream) in streams.enumerated() { table.add(stream, to: ports(index / 100)) }
        let duration = ContinuousClock().measure {
            for (index, stream) in streams.enumerated() {
                let other = table.another(than: stream, on: ports(index / 100))
                #expect((other == nil) == (index % 100 == 99))
                table.remove(stream, from: ports(index / 100))
            }
        }
        #expect(table.isEmpty)
        // A look at all would be five thousand million steps, minutes in a build for debugging.
        #expect(duration < .seconds(20))
    }
}
