/// Machines that stop for a while. What comes for one meanwhile waits, in its order: what its network tells, what its disk has
/// done, its timers.
extension World {
    /// - Returns: whether a program ran there.
    func pause(_ index: Int, for milliseconds: Int64) -> Bool {
        guard nodes[index].isRunning, paused[index] == nil else { return false }
        paused[index] = []
        schedule(.resume, for: nodes[index], at: now + milliseconds)
        onlooker?(.paused(node: index))
        return true
    }

    /// A machine that has stopped goes on.
    func resume(_ index: Int) throws {
        guard let waiting = paused.removeValue(forKey: index) else { return }
        onlooker?(.resumed(node: index))
        for due in waiting { try take(due) }
    }

    /// - Returns: whether something waits because the machine that it is for has stopped.
    func waits(_ due: Due) -> Bool {
        guard let index = due.node?.index, paused[index] != nil else { return false }
        if case .resume = due.happening { return false }
        paused[index]?.append(due)
        return true
    }
}
