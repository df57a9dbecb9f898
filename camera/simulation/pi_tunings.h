// camera/simulation/pi_tunings.h - private: the colors of three sensors as their tunings have them.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "isp/color.h"

namespace argent {

struct PiTuning {
  std::vector<CctPoint> curve;
  std::vector<ColorCorrection> corrections;
};

/// nullopt: none of imx219, imx477, imx708.
std::optional<PiTuning> pi_tuning(std::string_view model);

}  // namespace argent
