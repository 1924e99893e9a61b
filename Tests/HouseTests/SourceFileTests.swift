import Testing

/// The rules see code and nothing else, and see all of it.
struct SourceFileTests {
    private func code(_ text: String) -> String {
        String(decoding: SourceFile(path: "Sources/CRDT/Sample.swift", text: text).code, as: UTF8.self)
    }

    @Test func `comments are blanked out, lines and columns stay`() {
        #expect(code("a // b\nc /* d /* e */ f\ng */ h") == "a     \nc               \n     h")
    }

    @Test func `strings are blanked out, what is interpolated stays`() {
        #expect(code(#"f("// \" g(", h)"#) == #"f("        ", h)"#)
        #expect(code(#""a \(b("c")) d""#) == #""   (b(" "))  ""#)
        #expect(code(##"#"a " \#(b) \(c)"# + d"##) == ##"#"      (b)     "# + d"##)
        #expect(code("\"\"\"\na \" b\n\"\"\" + c") == "\"\"\"\n     \n\"\"\" + c")
        #expect(code(#""" + a"#) == #""" + a"#)
    }

    @Test func `a sentence in backticks is blanked out, a word is not`() {
        #expect(code("func `try! it`() {}\nlet `import` = 1") == "func          () {}\nlet `import` = 1")
    }

    @Test(arguments: ["\"a", "\"\"\"a", "/* a", "`a b", "\"\\(", "#", "\"\\", "#\"a\""])
    func `text that ends too early is read to its end`(text: String) {
        #expect(code(text).utf8.count == text.utf8.count)
    }

    @Test func `a phrase is found at the edges of words only`() {
        let file = SourceFile(path: "Sources/CRDT/Sample.swift", text: "update(1)\nDate(2); aDate(3)\nxDate; Date()")
        #expect(file.occurrences(of: "Date(").map { file.line(at: $0.lowerBound) } == [2, 3])
    }

    @Test func `the arguments of a call reach to its own parenthesis`() {
        let file = SourceFile(path: "Sources/CRDT/Sample.swift", text: "f(g(1),\n using: h()) + (2)")
        #expect(file.arguments(from: 1) == "g(1),\n using: h()")
    }

    @Test func `the house is found`() throws {
        #expect(try Repository.swiftFiles(below: "Sources").count > 50)
        #expect(try Repository.swiftFiles(below: "Tests").contains { $0.path == "Tests/HouseTests/SourceFileTests.swift" })
    }
}
