internal import Glibc

/// How many files this process may have open at once.
public enum OpenFileLimit {
    public static var current: UInt64 { UInt64(limits().rlim_cur) }

    /// Raises the limit as far as the system allows without privileges.
    ///
    /// - Returns: the limit that holds now.
    @discardableResult
    public static func raise() -> UInt64 {
        var limits = limits()
        limits.rlim_cur = limits.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
        return current
    }

    private static func limits() -> rlimit {
        var limits = rlimit()
        _ = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
        return limits
    }
}
