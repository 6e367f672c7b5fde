/// What of a conversation is sent where it is longer than the model may read.
package enum ContextWindow {
    /// A message as truncation sees it.
    package struct Message: Sendable {
        package var role: Role
        /// What it costs, its overhead included.
        package var tokens: Int
        /// The ids of the tool calls it makes.
        package var calls: [String]
        /// The id of the call that it is the result of.
        package var answers: String?

        package init(role: Role, tokens: Int, calls: [String] = [], answers: String? = nil) {
            self.role = role
            self.tokens = tokens
            self.calls = calls
            self.answers = answers
        }
    }

    package enum Role: Sendable {
        /// `developer` too.
        case system
        case user, assistant, tool
    }

    /// Which messages are sent.
    package struct Selection: Equatable, Sendable {
        /// Their indices, rising.
        package var kept: [Int]
        /// What they cost together.
        package var tokens: Int
        /// How many are left out.
        package var omitted: Int
    }

    /// The least that may be sent is more than there is room for.
    package struct BudgetTooSmall: Error, Equatable {
        /// In tokens: what the budget would have to be.
        package let least: Int
    }

    /// Chooses what fits into `budget` tokens.
    ///
    /// - All of it, where it does.
    /// - System messages are kept, wherever they stand, if `keepsSystem`; else they are messages like others.
    /// - A tool call and its results are kept or left out together, with all that stands between them; a result whose
    ///   call is not there goes with the message before it.
    /// - The newest user message is kept, and the last message of all: that is what the model is to answer.
    /// - What follows the newest user message (rounds of tool calls) is kept from the newest on, as far as it fits.
    /// - If all of that is kept, older turns are, whole ones, from the newest on, as far as they fit. A turn begins
    ///   with a user message; what stands before the first one is a turn too. So what is sent begins with a user
    ///   message unless the conversation did not.
    package static func truncate(
        _ messages: [Message], budget: Int, keepsSystem: Bool
    ) throws(BudgetTooSmall) -> Selection {
        let total = messages.reduce(0) { $0 + $1.tokens }
        if total <= budget { return Selection(kept: Array(messages.indices), tokens: total, omitted: 0) }

        var plan = Plan(messages, keepsSystem: keepsSystem)
        guard plan.tokens <= budget else { throw BudgetTooSmall(least: plan.tokens) }
        plan.fill(upTo: budget)
        let kept = messages.indices.filter { plan.isKept[$0] }
        return Selection(kept: kept, tokens: plan.tokens, omitted: messages.count - kept.count)
    }
}
