try BenchMerge.run()
