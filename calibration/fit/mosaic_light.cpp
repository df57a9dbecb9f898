#include "calibration/fit/mosaic_light.h"

#include "isp/packed_codes.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

/// Index of SensorInfo::black and white: R, G on R's rows, G on B's rows, B.
std::size_t level_of(const SensorInfo& sensor, int x, int y) {
  const int color = color_at(sensor, x, y);
  if (color != 1) return color == 0 ? 0 : 3;
  return color_at(sensor, x + 1, y) == 0 ? 1 : 2;
}

}  // namespace

MosaicLight::MosaicLight(const RawFrame& frame, MosaicAxis axis) : frame_(frame), axis_(axis) {
  if (!is_bayer(frame.sensor.cfa)) throw Error("a frame that is no bayer mosaic, expected one");
  if (frame.packed) throw Error("packed codes, expected 16 bits each");
  check(frame.sensor);
  check_pixels(frame);
  for (int y = 0; y < 2; y++) {
    for (int x = 0; x < 2; x++) {
      const std::size_t level = level_of(frame.sensor, x, y);
      const double black = static_cast<double>(frame.sensor.black[level]), white = static_cast<double>(frame.sensor.white[level]);
      cells_[static_cast<std::size_t>(y * 2 + x)] = {color_at(frame.sensor, x, y), black, 1 / (white - black)};
    }
  }
}

}  // namespace argent
