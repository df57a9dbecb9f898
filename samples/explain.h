// samples/explain.h - argent explain: why a frame's exposure, gains and lens are what they are.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace argent {

/// Adds the command; what it returns runs it and gives the exit status.
std::function<int()> add_explain_command(CLI::App& app);

}  // namespace argent
