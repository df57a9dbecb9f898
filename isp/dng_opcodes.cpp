#include "isp/dng_opcodes.h"

namespace argent {

std::string opcode_name(std::uint32_t id) {
  constexpr std::array<const char*, 15> kNames{
      nullptr,       "WarpRectilinear", "WarpFisheye",     "FixVignetteRadial", "FixBadPixelsConstant", "FixBadPixelsList",
      "TrimBounds",  "MapTable",        "MapPolynomial",   "GainMap",           "DeltaPerRow",          "DeltaPerColumn",
      "ScalePerRow", "ScalePerColumn",  "WarpRectilinear2"};
  return id > 0 && id < kNames.size() ? kNames[id] : "opcode " + std::to_string(id);
}

}  // namespace argent
