// samples/bench.h - `argent bench`: how long the pipeline takes on this machine, beside what copying the same bytes takes.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace argent {

/// Adds the command to `app`. What it returns is called when the command was chosen, and gives the program's exit status.
std::function<int()> add_bench_command(CLI::App& app);

}  // namespace argent
