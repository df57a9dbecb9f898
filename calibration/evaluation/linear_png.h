// calibration/evaluation/linear_png.h - private: 16-bit RGB pictures of few pixels whose codes are linear light.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace argent {

struct LinearPng {
  int width = 0, height = 0;
  std::vector<std::uint16_t> rgb;  ///< height x width x 3: the codes that are in the file, whatever its gAMA or iCCP chunk says
};

struct SideLimits {
  int min = 1, max = 1;  ///< pixels, of the width and of the height
};

/// Throws Error "<path>: ..." when it is no such picture, of another size, or damaged. The size is checked before memory is taken.
LinearPng read_linear_png(const std::filesystem::path& path, SideLimits limits);

}  // namespace argent
