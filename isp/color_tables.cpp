#include "isp/color_tables.h"

#include <algorithm>
#include <cstddef>

#include "models/runtime/error.h"

namespace argent {

using Halide::Runtime::Buffer;

MapInputs inputs_of(const HueSatTable& table, TableEncoding encoding) {
  if (table.hues == 0) {
    MapInputs none{Buffer<float>(3, 2, 2, 2), 0};
    none.table.fill(0);
    return none;
  }
  const std::size_t nodes = std::size_t(table.hues) * std::size_t(table.saturations) * std::size_t(table.values);
  if (table.hues < 0 || table.saturations < 2 || table.values < 1 || table.nodes.size() != nodes) {
    throw Error("a color profile's table of ", table.hues, " x ", table.saturations, " x ", table.values, " has ", table.nodes.size(),
                " nodes");
  }
  // The circle of hues is closed, and values have two ends: the kernel never asks whether.
  const int values = std::max(table.values, 2);
  MapInputs out{Buffer<float>(3, table.saturations, table.hues + 1, values), encoding == TableEncoding::kSrgb && table.values > 1 ? 2 : 1};
  for (int v = 0; v < values; v++) {
    for (int h = 0; h <= table.hues; h++) {
      for (int s = 0; s < table.saturations; s++) {
        const int row = std::min(v, table.values - 1) * table.hues + h % table.hues;
        const HueSatTable::Node& node = table.nodes[static_cast<std::size_t>(row * table.saturations + s)];
        out.table(0, s, h, v) = node.hue_shift / 60;
        out.table(1, s, h, v) = node.saturation_scale;
        out.table(2, s, h, v) = node.value_scale;
      }
    }
  }
  return out;
}

LutInputs inputs_of(const Lut3d* lut) {
  LutInputs out;
  out.domain = Buffer<float>(3, 2);
  out.domain.fill(0);
  if (lut == nullptr) {
    out.table = Buffer<float>(3, 2, 2, 2);
    out.table.fill(0);
    return out;
  }
  out.given = 1;
  // Halide's inputs are not const; the kernel only reads them.
  out.table = Buffer<float>(const_cast<float*>(lut->nodes.front().data()), 3, lut->size, lut->size, lut->size);
  for (int i = 0; i < 3; i++) {
    const auto c = static_cast<std::size_t>(i);
    out.domain(i, 0) = lut->domain_min[c];
    out.domain(i, 1) = static_cast<float>(lut->size - 1) / (lut->domain_max[c] - lut->domain_min[c]);
  }
  return out;
}

}  // namespace argent
