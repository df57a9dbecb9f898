// samples/measure.h - `argent measure`: what 3A sees in RAW files, and what it would decide.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace argent {

/// Adds the command to `app`. What it returns is called when the command was chosen, and gives the program's exit status.
std::function<int()> add_measure_command(CLI::App& app);

}  // namespace argent
