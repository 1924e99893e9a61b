/// One thing that happens in a run: somebody sells, a line breaks, a machine loses power. It says everything that it needs, so
/// that a list of acts can be written down, read back and played without whatever drew it.
public protocol Act: Codable, Sendable {
    /// As files and reports name it.
    static var kind: String { get }

    /// Whether people do it, and it does not go wrong.
    static var isWork: Bool { get }

    /// The machines that it is about, by number.
    var nodes: [Int] { get }

    /// Why nobody can do it, for whoever wrote it down; nil if it can be done.
    var flaw: String? { get }

    /// - Returns: whether it had any effect: nobody sells at a machine that is off.
    func perform(in laboratory: Laboratory) throws -> Bool
}

extension Act {
    public static var isWork: Bool { false }

    public var flaw: String? { nil }
}

/// All kinds of acts. A new one is a file beside these, and a line here.
public enum Acts {
    public static let all: [any Act.Type] = [
        Sell.self, Receive.self, MoveStatus.self, EditCustomer.self, ChangeLine.self, TearLine.self, KillProgram.self,
        LosePower.self, SwitchOn.self, SetClock.self, BackUp.self, PutBack.self, FailDisk.self,
        ChangeDisk.self, MendDisk.self, CopyDisk.self, ReplaceMachine.self, RotRow.self, MustAgree.self, Lie.self, Install.self,
        PauseMachine.self, StrandLine.self, SetBounds.self, MintQuota.self, UseQuota.self, ReleaseQuota.self,
        ExportDelta.self, ImportDelta.self,
        Attack.self, FenceStore.self, SettleRights.self, AdmitStore.self, SetCertificate.self, UpdateProgram.self,
        AlterRecord.self,
    ]
}
