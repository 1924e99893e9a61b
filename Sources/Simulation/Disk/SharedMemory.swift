internal import CSQLite

/// The index of a write-ahead log, which the connections of one process share, and the locks of its slots.
///
/// It lives while a connection is attached, and no power cut keeps it. SQLite reads and writes the regions itself, by
/// its own rules and barriers; all else here is guarded by the disk's lock.
struct SharedMemory: Sendable {
    /// The slots that a connection holds, one bit each.
    private struct Slots {
        var shared: UInt8 = 0
        var exclusive: UInt8 = 0
    }

    /// Memory that stays where it is for as long as the value does.
    ///
    /// Unchecked, since the pointer never changes; what it points to is SQLite's, which guards it by the slots' locks.
    private final class Region: @unchecked Sendable {
        let bytes: UnsafeMutableRawBufferPointer

        init(byteCount: Int) {
            bytes = .allocate(byteCount: byteCount, alignment: 16)
            bytes.initializeMemory(as: UInt8.self, repeating: 0)
        }

        deinit { bytes.deallocate() }
    }

    private var regions: [Region] = []
    private var attached: [OpenFile.ID: Slots] = [:]

    /// The address of a region, or nil if it is not there and should not be made.
    mutating func map(
        region: Int, byteCount: Int, extend: Bool, for connection: OpenFile.ID
    ) -> UnsafeMutableRawPointer? {
        if attached[connection] == nil { attached[connection] = Slots() }
        if extend {
            while regions.count <= region { regions.append(Region(byteCount: byteCount)) }
        }
        return region < regions.count ? regions[region].bytes.baseAddress : nil
    }

    func holds(region: Int) -> Bool {
        region < regions.count
    }

    /// Takes the slots of `mask`, all or none.
    mutating func lock(_ mask: UInt8, exclusively: Bool, for connection: OpenFile.ID) throws(DiskRefusal) {
        let others = attached.lazy.filter { $0.key != connection }.map(\.value)
        let taken = others.contains { $0.exclusive & mask != 0 || (exclusively && $0.shared & mask != 0) }
        if taken { throw .busy }
        if exclusively {
            attached[connection, default: Slots()].exclusive |= mask
        } else {
            attached[connection, default: Slots()].shared |= mask
        }
    }

    mutating func unlock(_ mask: UInt8, for connection: OpenFile.ID) {
        attached[connection]?.shared &= ~mask
        attached[connection]?.exclusive &= ~mask
    }

    /// Forgets a connection; with the last one the memory goes too.
    mutating func detach(_ connection: OpenFile.ID) {
        attached[connection] = nil
        if attached.isEmpty { regions = [] }
    }
}
