// samples/translate.h - `argent translate`: a camera's tuning from one program's format into another's.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace argent {

/// Adds the command to `app`. What it returns is called when the command was chosen, and gives the program's exit status.
std::function<int()> add_translate_command(CLI::App& app);

}  // namespace argent
