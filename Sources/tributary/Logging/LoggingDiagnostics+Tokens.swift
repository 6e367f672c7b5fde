import Logging
import TokenCounting

extension LoggingDiagnostics {
    /// What became of a vocabulary at its first use.
    func record(_ event: TokenCountingEvent) {
        switch event {
        case .vocabularyLoaded(let splitting, let tokens):
            logger.info("vocabulary_loaded", metadata: ["vocabulary": "\(splitting)", "tokens": "\(tokens)"])
        case .vocabularyMissing(let splitting, let error):
            logger.warning(
                "vocabulary_missing",
                metadata: [
                    "vocabulary": "\(splitting)", "reason": "\(error)",
                    "hint": "tokens are counted by a factor instead",
                ])
        }
    }
}
