internal import Glibc

/// The system's clock, milliseconds since 1970.
@Sendable public func systemMilliseconds() -> Int64 { milliseconds(CLOCK_REALTIME) }

/// Milliseconds of a clock that nobody sets: what timers run by.
public func monotonicMilliseconds() -> Int64 { milliseconds(CLOCK_MONOTONIC) }

private func milliseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    _ = clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
}
