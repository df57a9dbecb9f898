#include "calibration/fit/site_plane.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "isp/packed_codes.h"
#include "models/runtime/error.h"

namespace argent {

std::vector<SitePlane> site_planes(const RawFrame& frame) {
  if (frame.packed) throw Error("a frame with packed codes, expected unpacked ones");
  check_pixels(frame);
  const Size size = frame.size();
  if (frame.sensor.cfa == CfaPattern::kMonochrome) return {{1, frame.data, frame.stride, 1, 0, 0, size.width, size.height}};
  if (!is_bayer(frame.sensor.cfa)) throw Error("a mosaic that is neither Bayer nor monochrome, which calibration doesn't measure yet");
  if (size.width < 2 || size.height < 2) throw Error("a frame of ", size, " pixels, expected a whole quad");
  const int red = static_cast<int>(frame.sensor.cfa);  // x + 2 y of red in the quad
  std::vector<SitePlane> planes(4);
  for (int y = 0; y < 2; y++) {
    for (int x = 0; x < 2; x++) {
      const std::size_t site = static_cast<std::size_t>((x ^ (red & 1)) + 2 * (y ^ (red >> 1)));
      planes[site] = {site, frame.data + y * frame.stride + x, 2 * frame.stride,         2, x,
                      y,    (size.width - x + 1) / 2,          (size.height - y + 1) / 2};
    }
  }
  return planes;
}

void check_alike(std::span<const RawFrame* const> frames) {
  if (frames.empty()) throw Error("no frames, expected one or more");
  const SensorInfo& first = frames.front()->sensor;
  for (const RawFrame* frame : frames) {
    const SensorInfo& sensor = frame->sensor;
    if (sensor.active != first.active) throw Error("frames of ", first.active, " and ", sensor.active, " pixels, expected one size");
    if (sensor.cfa != first.cfa) throw Error("frames of different mosaics");
    if (sensor.black != first.black || sensor.white != first.white) throw Error("frames of different black or white levels");
  }
}

void CodeCounts::add(const SitePlane& plane) {
  for (int y = 0; y < plane.height; y++) {
    for (int x = 0; x < plane.width; x++) counts_[plane.at(x, y)]++;
  }
  total_ += plane.samples();
}

double CodeCounts::quantile(double share) const {
  if (total_ == 0) return std::numeric_limits<double>::quiet_NaN();
  const double wanted = std::clamp(share, 0.0, 1.0) * static_cast<double>(total_);
  double below = 0;
  for (std::size_t code = 0; code < counts_.size(); code++) {
    const auto here = static_cast<double>(counts_[code]);
    if (here > 0 && below + here >= wanted) return static_cast<double>(code) - 0.5 + (wanted - below) / here;
    below += here;
  }
  return 65535;
}

CodeCounts::Moments CodeCounts::moments(double low, double high) const {
  const auto first = static_cast<std::size_t>(std::clamp(std::ceil(low), 0.0, 65535.0));
  const auto last = static_cast<std::size_t>(std::clamp(std::floor(high), 0.0, 65535.0));
  Moments out;
  double sum = 0, squares = 0;
  for (std::size_t code = first; code <= last; code++) {
    const auto count = static_cast<double>(counts_[code]), offset = static_cast<double>(code) - static_cast<double>(first);
    out.count += counts_[code];
    sum += count * offset;
    squares += count * offset * offset;
  }
  if (out.count == 0) return out;
  const auto n = static_cast<double>(out.count);
  out.mean = sum / n + static_cast<double>(first);
  out.variance = out.count > 1 ? std::max(0.0, (squares - sum * sum / n) / (n - 1)) : 0;
  return out;
}

}  // namespace argent
