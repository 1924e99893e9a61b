internal import CRDT
internal import Replica

extension NodeService {
    /// Says in this node's own books that it holds the fences that have come, and how far it holds what the lost ones wrote.
    /// What does not succeed is tried again with the next change in the scope `chain`, and after a start.
    func acknowledgeFences() {
        let clock = clock
        ask({ try FenceWitness($0).acknowledge(at: clock.milliseconds) }) { [self] result in
            switch result {
            case .success(let members):
                for member in members { log.log(.info, "fence_acknowledged", ["member": String(member)]) }
            case .failure(let error):
                log.logOnce(.error, "fence_not_acknowledged", about: "fences", ["reason": "\(error)"])
            }
        }
    }
}
