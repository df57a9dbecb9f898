// tests/isp/exr_fixture.h - writes OpenEXR pictures for tests.
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace argent::test {

struct ExrRecipe {
  int width = 8, height = 4;
  std::vector<std::string> channels{"R", "G", "B"};  ///< floats
  bool half = false;
  bool dwa = true;  ///< lossy, as blender's; else ZIP
  int origin = 0;   ///< of the data window
  bool tiled = false;
  std::array<float, 8> primaries{};  ///< x, y of red, green, blue, white; all 0: not said
};

/// `value(channel, x, y)`: what a pixel is, channel by its place in the recipe.
void write_exr(const std::filesystem::path& path, const ExrRecipe& recipe, const std::function<float(std::size_t, int, int)>& value);

}  // namespace argent::test
