internal import Sync

/// Tries a stream of frames: however it is cut, the same frames come out, and what a frame says has one spelling.
enum FrameFuzz {
    struct RawFrame: Hashable {
        let kind: UInt8
        let body: [UInt8]
    }

    struct Reading: Hashable {
        var frames: [RawFrame] = []
        var error: SessionError?
    }

    static func check(_ input: [UInt8]) throws {
        let whole = read(input, chunk: .max)
        for chunk in [1, 7] {
            let chopped = read(input, chunk: chunk)
            try Violation.unless(whole == chopped, "chunks of any size say the same", "\(whole), \(chopped)")
        }
        for raw in whole.frames { try check(raw) }
    }

    static func check(_ raw: RawFrame) throws {
        let frame: Frame
        do throws(SessionError) {
            guard let known = try Frame(kind: raw.kind, body: raw.body) else { return }
            frame = known
        } catch {
            try Violation.unless(!error.description.isEmpty, "an error says what is wrong", "\(error.code)")
            return
        }
        // A newer minor version may say more, which is not kept.
        if case .hello(let hello) = frame, hello.minor > Hello.minor { return }
        let again = read(frame.bytes, chunk: .max)
        try Violation.unless(again == Reading(frames: [raw]), "a frame has one spelling", "\(raw) of \(frame) became \(again)")
    }

    static func read(_ bytes: [UInt8], chunk: Int) -> Reading {
        var reader = FrameReader(limit: FrameLimits.bytes)
        var reading = Reading()
        var rest = bytes[...]
        do throws(SessionError) {
            repeat {
                rest.prefix(chunk).withUnsafeBytes { reader.append($0) }
                rest = rest.dropFirst(chunk)
                while let (kind, body) = try reader.next() { reading.frames.append(RawFrame(kind: kind, body: body)) }
            } while !rest.isEmpty
        } catch {
            reading.error = error
        }
        return reading
    }
}
