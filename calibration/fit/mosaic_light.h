// calibration/fit/mosaic_light.h - private: a Bayer mosaic as light, pixel by pixel: nothing is interpolated.
#pragma once

#include <array>

#include "isp/frame.h"

namespace argent {

/// How a mosaic is looked at: as it lies, or with rows and columns exchanged.
enum class MosaicAxis { kRows, kColumns };

/// A view: the frame must outlive it.
class MosaicLight {
 public:
  /// Throws Error: no Bayer mosaic, packed codes (unpacked() in isp/packed_codes.h), a size or levels that contradict the frame.
  explicit MosaicLight(const RawFrame& frame, MosaicAxis axis = MosaicAxis::kRows);

  /// Of what `axis` calls rows: u along them, v across.
  Size size() const { return columns() ? Size{frame_.size().height, frame_.size().width} : frame_.size(); }
  int color(int u, int v) const { return cell(u, v).color; }
  double code(int u, int v) const {
    return columns() ? frame_.data[u * frame_.stride + v] : frame_.data[v * frame_.stride + u];  // NOLINT: both are places of pixels
  }
  /// 0 = black, 1 = saturation; noise goes below 0.
  double light(int u, int v) const { return (code(u, v) - cell(u, v).black) * cell(u, v).scale; }
  MosaicAxis axis() const { return axis_; }

 private:
  struct Cell {
    int color = 0;
    double black = 0, scale = 1;
  };
  bool columns() const { return axis_ == MosaicAxis::kColumns; }
  const Cell& cell(int u, int v) const {
    return cells_[static_cast<std::size_t>(columns() ? (u & 1) * 2 + (v & 1) : (v & 1) * 2 + (u & 1))];
  }

  const RawFrame& frame_;
  MosaicAxis axis_;
  std::array<Cell, 4> cells_;
};

/// Light from which on a pixel counts as clipped: converters differ, and noise takes codes off the end.
inline constexpr double kClippedLight = 0.98;

}  // namespace argent
