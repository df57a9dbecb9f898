// models/kernels/resample.h - private: linear maps along one axis whose results see few elements each.
#pragma once

#include "models/kernels/array.h"

namespace argent::kernels {

/// How the results of an axis are made of its elements.
enum class Map : std::int64_t {
  kNearest,
  kNearestCenter,
  kLinear,
  kLinearCenters,  ///< the centers of the first and last elements keep their places
  kCubic,
  kCubicCenters,
  kArea,
  kReflect,
  kReplicate,
  kCircular,
};

struct AxisMap {
  Map map = Map::kLinear;
  std::int64_t elements = 1, results = 1;
  double scale = 0;        ///< elements a result; 0: by the sizes
  std::int64_t start = 0;  ///< of the last three maps: results before the first element
};

/// y[.., p, ..] = sum over the taps of p of weight * x[.., index, ..], in f64. Both floating or u8, of one type; y is contiguous or
/// channels-last.
void map_axis(const Array& y, const Array& x, int axis, const AxisMap& map);
/// x[.., i, ..] = sum over p and its taps with that index of weight * y[.., p, ..]; here x is contiguous or channels-last.
void map_axis_adjoint(const Array& x, const Array& y, int axis, const AxisMap& map);

}  // namespace argent::kernels
