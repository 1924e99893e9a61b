/// Which of a model's widths a number goes by: each way to predict has errors of its own size.
enum PushWidth {
    static let plain = 0
    static let last = 1
    static let other = 2
}
