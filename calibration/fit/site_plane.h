// calibration/fit/site_plane.h - the codes of one place of the mosaic's cell, as a picture of their own: nothing is interpolated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "isp/frame.h"

namespace argent {

/// Codes of one site of a Bayer quad, or all of a monochrome sensor's. A view: the frame must outlive it.
struct SitePlane {
  std::size_t site = 0;  ///< index of SensorInfo::black and white: R, G on R's rows, G on B's rows, B; 1 of a monochrome sensor
  const std::uint16_t* first = nullptr;
  std::ptrdiff_t stride = 0;  ///< codes from row to row
  int step = 1;               ///< codes from column to column, pixels of the frame from sample to sample
  int left = 0, top = 0;      ///< the first sample's pixel
  int width = 0, height = 0;  ///< samples

  std::uint16_t at(int x, int y) const { return first[y * stride + static_cast<std::ptrdiff_t>(x) * step]; }
  int channel() const { return site == 0 ? 0 : site == 3 ? 2 : 1; }
  std::size_t samples() const { return static_cast<std::size_t>(width) * static_cast<std::size_t>(height); }
};

/// Four planes, or one of a monochrome sensor. Throws Error: another mosaic, packed codes (unpacked() in isp/packed_codes.h), a frame
/// smaller than a quad.
std::vector<SitePlane> site_planes(const RawFrame& frame);

/// What has to be alike for frames to be measured together: size, mosaic, levels. Throws Error, which names the difference. Not empty.
void check_alike(std::span<const RawFrame* const> frames);

/// How many codes there are of each value: exact quantiles and means without a copy of the pixels.
class CodeCounts {
 public:
  CodeCounts() : counts_(65536) {}
  void add(const SitePlane& plane);

  std::uint64_t total() const { return total_; }
  std::uint64_t of(std::size_t code) const { return counts_[code]; }
  /// The code below which a share of 0..1 lies; between whole codes as if each were spread evenly over its unit. NaN when empty.
  double quantile(double share) const;
  struct Moments {
    double mean = 0, variance = 0;
    std::uint64_t count = 0;
  };
  /// Of the codes from `low` to `high`.
  Moments moments(double low, double high) const;

 private:
  std::vector<std::uint64_t> counts_;
  std::uint64_t total_ = 0;
};

}  // namespace argent
