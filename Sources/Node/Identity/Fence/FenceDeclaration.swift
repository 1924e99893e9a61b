/// What a person says about a device that is lost, so that its rights may be minted again.
public enum FenceDeclaration: Hashable, Sendable {
    /// Nobody can use it any more: promises never exceed the quota.
    case destroyed
    /// It may be alive. Promises stay within the quota plus what this text publishes.
    case exposure(String)

    /// The most bytes of a text.
    public static let textLimit = 1_000
}
