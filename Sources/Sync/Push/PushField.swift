/// The numbers of a push that belong to no kind of cell: each has a model of its own.
enum PushField: Int, CaseIterable {
    case deltas, scope, changes, changeOrigin, changeKind, advance, horizon, horizonOrigin, horizonSequence
    case runs, runOrigin, runStart
    case stamp, milliseconds, counter
    case write, writeOrigin, writeSequence
    case length, field
}
