// samples/compare.h - `argent compare`: how far two pictures are from each other.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace argent {

/// Adds the command to `app`. What it returns is called when the command was chosen, and gives the program's exit status.
std::function<int()> add_compare_command(CLI::App& app);

}  // namespace argent
