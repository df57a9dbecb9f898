// samples/train.h - `argent train awb`: what learned white balance knows, from labelled pictures.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace argent {

/// Adds the command to `app`. What it returns is called when the command was chosen, and gives the program's exit status.
std::function<int()> add_train_command(CLI::App& app);

}  // namespace argent
