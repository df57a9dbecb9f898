// samples/lint.h - `argent lint`: what is wrong, doubtful or worth knowing in tuning files.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace argent {

/// Adds the command to `app`. What it returns is called when the command was chosen, and gives the program's exit status.
std::function<int()> add_lint_command(CLI::App& app);

}  // namespace argent
