/// Reads JSON that people write: whatever a type does not know is a mistake, and every mistake has its line and column.
///
/// Types need nothing but `Decodable`, synthesized or not. It differs from the usual decoders in that
/// - keys that no type asked for, and array elements that none read, are mistakes; all of them are reported, anything
///   else ends the reading;
/// - a key may stand in an object once; keys are compared as Swift compares texts, by canonical equivalence;
/// - `1.0` and `1e3` are no integers, and an integer that a floating-point type would have to round is refused;
/// - what an `init(from:)` throws is put at the place of its `codingPath`, or of the value that was being decoded.
///
/// A type that learns from one key which others to expect hands its decoder on, and the keys of both are known:
///
///     init(from decoder: any Decoder) throws {
///         switch try decoder.container(keyedBy: CodingKeys.self).decode(Kind.self, forKey: .kind) {
///         case .partition: self = .partition(try Partition(from: decoder))
///         case .crash: self = .crash(try Crash(from: decoder))
///         }
///     }
///
/// If `Kind` is `CaseIterable`, a wrong kind is answered with the right ones; so are wrong keys of an enumeration with
/// associated values whose `CodingKeys` are.
public enum StrictJSON {
    /// - Parameters:
    ///   - bytes: RFC 8259 in UTF-8, with or without a byte order mark; 8 MiB at most, nested 64 deep at most.
    ///   - path: the file's name in messages.
    ///   - userInfo: what types may ask their decoders for.
    public static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8], named path: String, userInfo: [CodingUserInfoKey: Any] = [:]
    ) throws(ScenarioErrors) -> Value {
        let text = SourceText(path: path, bytes: bytes)
        let root: SourceValue
        do {
            root = try SourceParser.parse(text)
        } catch {
            throw ScenarioErrors([error], in: text)
        }

        let visits = DecodingVisits()
        let value: Value
        do {
            value = try StrictDecoder(root, codingPath: [], visits: visits, userInfo: userInfo).decode(type)
        } catch {
            throw ScenarioErrors(visits.leftovers + [error] + visits.explanations(of: error), in: text)
        }
        let leftovers = visits.leftovers
        guard leftovers.isEmpty else { throw ScenarioErrors(leftovers, in: text) }
        return value
    }
}
