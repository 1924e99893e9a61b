import Glibc

exit(Atoll.run(Array(CommandLine.arguments.dropFirst())).rawValue)
