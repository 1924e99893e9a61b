import Testing

extension Tag {
    /// Small and quick enough to run in debug and under the address sanitizer, too.
    @Tag static var sanitized: Self
}

extension Trait where Self == ConditionTrait {
    /// For tests that take minutes without optimisation: a debug build runs the tagged ones only.
    static var optimized: Self {
        #if DEBUG
            .disabled("runs in release builds")
        #else
            .enabled(if: true)
        #endif
    }
}
