import Testing

extension Tag {
    /// Small and quick enough to run in debug and under the address sanitizer, too.
    @Tag static var sanitized: Self
}
