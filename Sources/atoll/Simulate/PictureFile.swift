import Glibc
import Simulation

/// Where the picture of a run goes. It takes nobody's place: whoever draws two runs wants to see both.
struct PictureFile {
    private let path: String

    /// - Throws: `CommandError` if something is there already, before anybody has waited for the run.
    init(_ path: String) throws {
        var status = stat()
        guard stat(path, &status) != 0 || status.st_mode & S_IFMT != S_IFREG else {
            throw CommandError.badInput("\(path.printable) is there already. Name another file, or remove it.")
        }
        self.path = path
    }

    func write(_ picture: Picture) throws { try NewFile.write(path) { try $0(Array(picture.html.utf8)) } }
}
