import Simulation

/// The results as JUnit's XML, which build servers read.
struct JUnitReport {
    private let results: [ScenarioResult]

    init(_ results: [ScenarioResult]) {
        self.results = results
    }

    var xml: String {
        var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites>"]
        for result in results {
            let troubles = result.differences + result.failures + result.shortcomings
            lines.append(
                "  <testsuite name=\"\(Self.escaped(result.file.name))\" tests=\"\(max(1, troubles.count))\" "
                    + "failures=\"\(troubles.count)\">")
            let runs = result.tally.runs.counting("run")
            if troubles.isEmpty {
                lines.append("    <testcase name=\"\(runs)\" classname=\"\(Self.escaped(result.file.path))\"/>")
            }
            for (index, trouble) in troubles.enumerated() {
                lines.append(
                    "    <testcase name=\"finding \(index + 1) in \(runs)\" classname=\"\(Self.escaped(result.file.path))\">")
                lines.append("      <failure>\(Self.escaped(trouble))</failure>")
                lines.append("    </testcase>")
            }
            lines.append("  </testsuite>")
        }
        return (lines + ["</testsuites>", ""]).joined(separator: "\n")
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
        return result
    }
}
