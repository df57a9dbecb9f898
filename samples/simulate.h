// samples/simulate.h - argent simulate: the contest on the simulated camera.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace argent {

/// Adds the command; what it returns runs it and gives the exit status.
std::function<int()> add_simulate_command(CLI::App& app);

}  // namespace argent
