/// What a disk holds when no program runs: the bytes of each file by name.
///
/// An image is a value, so one moment of a history can be crashed and recovered in many ways. Copies share their bytes
/// until one is changed.
public struct DiskImage: Equatable, Sendable {
    public private(set) var files: [String: [UInt8]]

    public init(files: [String: [UInt8]] = [:]) {
        self.files = files
    }
}
