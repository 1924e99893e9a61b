/// What a disk holds when no program runs: the bytes of each file by name.
///
/// An image is a value, so one moment of a history can be crashed and recovered in many ways. Copies share their bytes
/// until one is changed.
public struct DiskImage: Equatable, Sendable {
    let contents: [String: FileBytes]

    public init(files: [String: [UInt8]] = [:]) {
        contents = files.mapValues(FileBytes.init)
    }

    init(contents: [String: FileBytes]) {
        self.contents = contents
    }

    public var files: [String: [UInt8]] { contents.mapValues(\.bytes) }
}
