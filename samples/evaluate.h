// samples/evaluate.h - `argent evaluate awb`: every white-balance estimator against statistics whose light is known.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace argent {

/// Adds the command to `app`. What it returns is called when the command was chosen, and gives the program's exit status.
std::function<int()> add_evaluate_command(CLI::App& app);

}  // namespace argent
