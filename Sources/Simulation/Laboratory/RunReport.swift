/// What came of one run.
public struct RunReport: Codable, Sendable {
    public struct Finding: Codable, Hashable, Sendable {
        public let oracle: String
        /// The world's time, in milliseconds.
        public let milliseconds: Int64
        public let node: Int?
        public let detail: String
    }

    public let seed: UInt64
    /// What must never be, and was; nil if everything held.
    public let violation: Finding?
    /// By their kinds.
    public let acts: [String: ActCount]
    /// How many acts each fault of the scenario has drawn, in their order; nil for one that the seed left out.
    public let faultActs: [Int?]
    public let transactions: Int
    /// Steps of the world.
    public let happenings: Int
    public let sentBytes: Int
    /// As far as the run came.
    public let simulatedMilliseconds: Int64
    /// How often disks have failed as they were told to.
    public let diskStrikes: Int
    /// How often a machine has gone on under another incarnation, because its numbers may have been used twice.
    public let newIncarnations: Int
    /// Why sessions have ended, by the reason's name.
    public let endings: [String: Int]
    /// Equal for equal runs: 16 hexadecimal digits.
    public let trace: String

    private enum CodingKeys: String, CodingKey {
        case seed, violation, acts, transactions, happenings, endings, trace
        case faultActs = "fault_acts"
        case diskStrikes = "disk_strikes"
        case newIncarnations = "new_incarnations"
        case sentBytes = "sent_bytes"
        case simulatedMilliseconds = "simulated_milliseconds"
    }
}

extension RunReport {
    /// Plays a plan from its beginning to its end, or to the first violation.
    ///
    /// - Parameters:
    ///   - recorder: follows the run, to its violation if there is one.
    ///   - checking: whether to go on; asked before each act.
    /// - Throws: what `checking` throws; `PlanError` if the plan says what cannot be.
    public init(
        playing plan: Plan, oracles: [any Oracle.Type] = Oracles.all, recorder: RunRecorder? = nil,
        checking: () throws -> Void = {}
    ) throws {
        let laboratory = try Laboratory(plan, oracles: oracles)
        recorder?.follow(laboratory)
        let finding = try Finding.found(in: laboratory) { try laboratory.run(checking: checking) }
        recorder?.conclude(laboratory, finding)
        self.init(plan, laboratory, finding)
    }

    init(_ plan: Plan, _ laboratory: Laboratory, _ finding: Finding?) {
        (seed, violation, acts, faultActs) = (plan.seed, finding, laboratory.acts, plan.faultActs)
        let world = laboratory.world
        (transactions, happenings) = (laboratory.journal.transactionCount, world.happeningCount)
        diskStrikes = world.diskStrikes + world.nodes.reduce(0) { $0 + $1.disk.strikeCount }
        newIncarnations = world.newIncarnations
        (sentBytes, simulatedMilliseconds, endings) = (world.sentBytes, world.now, world.endings)
        let digits = String(world.trace.value, radix: 16)
        trace = String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension RunReport.Finding {
    /// What goes wrong in a laboratory while something is done there.
    ///
    /// - Returns: nil if nothing does.
    /// - Throws: what whoever runs it has thrown to stop it; `PlanError`.
    static func found(in laboratory: Laboratory, while body: () throws -> Void) throws -> RunReport.Finding? {
        do {
            try body()
            return nil
        } catch let violation as Violation {
            return RunReport.Finding(
                oracle: violation.oracle, milliseconds: violation.time, node: violation.node, detail: violation.detail)
        } catch let error as PlanError {
            throw error
        } catch let stopped as Laboratory.Stopped {
            throw stopped.reason
        } catch {
            // Nothing that a scenario can do today makes an engine refuse its work.
            return RunReport.Finding(
                oracle: "no_trouble", milliseconds: laboratory.world.now, node: nil, detail: "\(error)")
        }
    }
}
