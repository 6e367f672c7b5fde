/// What a `chat` named itself, told so that whoever asks the same again names the same: all else was chosen for it, and may be
/// chosen otherwise the next time.
package struct Named: Equatable {
    package var model: String?
    package var upstream: String?

    package init(model: String? = nil, upstream: String? = nil) {
        self.model = model
        self.upstream = upstream
    }

    /// Nothing where nothing was named.
    package func write(to frame: inout ObjectWriter) {
        guard model != nil || upstream != nil else { return }
        frame.object("named") {
            $0.field("model", model)
            $0.field("upstream", upstream)
        }
    }
}
