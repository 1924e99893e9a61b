internal import FuzzHarness

/// What libFuzzer, which brings the program's main, calls with each input.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafeRawPointer?, _ count: Int) -> Int32 {
    FuzzTarget.frame.run(UnsafeRawBufferPointer(start: start, count: count))
    return 0
}
