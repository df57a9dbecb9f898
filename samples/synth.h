// samples/synth.h - argent synth: calibration sets of which everything is known.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace argent {

/// Adds the command; what it returns runs it and gives the exit status.
std::function<int()> add_synth_command(CLI::App& app);

}  // namespace argent
