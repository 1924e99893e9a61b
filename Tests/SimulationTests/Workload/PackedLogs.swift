import Foundation

/// Logs as `gzip -9n` and `zstd -19 --check` pack them.
enum PackedLogs {
    /// ``LogText/complete``.
    static let gzip = bytes(
        """
        H4sIAAAAAAACA4WRP2+DMBTE93yMt9aRsAlQe83SsUnHyAMhNKD8sWWTLIjv3rOppVaoKgvHvfPvnsVIF1LUEaMnKc7ID8a1npSAvDwgJKPmAf
        fWOh8TQ4ZXlRflqyyz8EyrMUIcIHdSGSK/EzjkMP+AQqQ/fev1Pg5hXUkdDvQOyYVmUIJYqXUCmxnMF2DxBziuFb0G1jYIe4NqaneCHgw4hax+
        FueMS6k1ghilYj8Xi0Vx/m+xxwmyNUYJ1sywfAHbzLC3XULFhT9JjWQ7c2/hvGwkr7Kwet+G7Nlcw0U6/JW0xhRXXxfI1LgVPXuLRG0t4VKDC9
        ZRHMPHGfXT6gvIn2FU+QEAAA==
        """)
    /// ``LogText/complete``.
    static let zstd = bytes(
        """
        KLUv/WT5ANUHAFaQLxlQWQcoQW+AnQSzk1C9wqAEkPEPeSQz7UwNKAAnACkA984PgXIeSnIYBEL789rQ6r5rReqs9K242fPQt1b4XXum/fH87P
        3tZBL1fgeeT5f3qTkH+tV68AeuA+XT5lHU5+Z8hEo7n84JvR+e6T3PDvyJUKUI3re8LwNP9q87TEFQrzQJfP9aYrBGHzzXqiiUCUQx+ve751dh
        QEn72Ll+GqZH/fCe60FQOh/Uxkd96Z4NobzVfdn5Ffdh74eWdh8ZIPAoIJEPvgSOj3LRGtYx0MBMAV9IAo13MliY+PFx1yVwzZgCX26Jogco4y
        Du2Up65BEj7Le0owz2YrnX
        """)
    /// A header and a receipt without lines; 900,000 spaces stand before the receipt's id.
    static let wideZstd = bytes(
        """
        KLUv/aQsvA0A5AIAogMNEZA9BgJE4346zijoSewemU/oQbzVwT4r2AMthY5J49r6JHYXC8fCbl+l114Q9nxxePZ4HQ4Ai/+4fFqAGwpgrAB75W
        AUQAAuEgbjAq4CuKiL5AQ0C4AzUMYCABAgAgAQIAIAECACABAgAgAQIP0AAIgiaWQtUjAwIiwibCI6W119CgMAKoC87tZm48CbAyCFiZjR
        """)

    private static func bytes(_ base64: String) -> [UInt8] {
        guard let data = Data(base64Encoded: base64, options: .ignoreUnknownCharacters) else {
            preconditionFailure("a packed log is not base64")
        }
        return Array(data)
    }
}
