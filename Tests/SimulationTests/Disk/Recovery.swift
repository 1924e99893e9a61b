import CSQLite
import Simulation

/// Opening a database after a power cut, and what is wrong with what is found.
enum Recovery {
    /// How many sales a database holds, and whatever no crash may do to it.
    struct Findings: Equatable {
        var sales = -1
        var violations: [String] = []
    }

    /// Opens the database, which recovers it, and looks at every page.
    static func findings(on disk: SimulatedDisk) throws(Connection.Failure) -> Findings {
        let connection = try Connection(disk)
        var findings = Findings()
        let integrity = try connection.rows("PRAGMA integrity_check")
        if integrity != [["ok"]] { findings.violations.append("integrity_check: \(integrity)") }
        guard try connection.integers("SELECT count(*) FROM sqlite_schema WHERE name = 'totals'") == [1] else {
            return findings
        }
        let counts = try connection.integers(
            """
            SELECT sales, lines, (SELECT count(*) FROM sales), (SELECT count(*) FROM lines),
                   (SELECT ifnull(sum(changes), 0) FROM sales) FROM totals
            """)
        findings.sales = counts.first ?? -1
        let sales = findings.sales
        if counts != [sales, 3 * sales, sales, 3 * sales, sales] {
            findings.violations.append("half a sale: \(counts)")
        }
        return findings
    }

    /// What is wrong with `image` after a history that came as far as `progress`.
    static func violations(of image: DiskImage, after progress: History.Progress) -> [String] {
        violations(on: SimulatedDisk(image), after: progress)
    }

    static func violations(on disk: SimulatedDisk, after progress: History.Progress) -> [String] {
        do {
            var findings = try findings(on: disk)
            if findings.sales < progress.acknowledged {
                findings.violations.append("\(progress.acknowledged) acknowledged, \(findings.sales) held")
            }
            if findings.sales > progress.begun {
                findings.violations.append("\(progress.begun) begun, \(findings.sales) held")
            }
            return findings.violations
        } catch {
            return ["\(error)"]
        }
    }
}
