// samples/convert.h - `argent convert`: RAW files to DNG.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace argent {

std::function<int()> add_convert_command(CLI::App& app);

}  // namespace argent
