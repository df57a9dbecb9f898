// samples/develop.h - `argent develop`: RAW files become pictures.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace argent {

/// Adds the command to `app`. What it returns is called when the command was chosen, and gives the program's exit status.
std::function<int()> add_develop_command(CLI::App& app);

}  // namespace argent
