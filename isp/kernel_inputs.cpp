#include "isp/kernel_inputs.h"

#include <algorithm>
#include <cmath>

#include "isp/bilinear.h"
#include "isp/packed_codes.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

/// Stencils and whole vectors reach past the picture by at most this many columns.
constexpr int kBorder = 32, kOverrun = 96;

/// Nodes of a grid by column and row.
auto nodes_of(const std::vector<float>& gains, int columns) {
  return [&gains, columns](int column, int row) { return gains[static_cast<std::size_t>(row * columns + column)]; };
}

void check(const GainMap& map) {
  constexpr int kMaxNodes = 1024;  // a side
  const bool sized = map.columns >= 1 && map.rows >= 1 && map.columns <= kMaxNodes && map.rows <= kMaxNodes;
  if (!sized || map.gains.size() != static_cast<std::size_t>(map.columns) * static_cast<std::size_t>(map.rows)) {
    throw Error("gain map of " + std::to_string(map.columns) + "x" + std::to_string(map.rows) + " has " + std::to_string(map.gains.size()) +
                " nodes");
  }
  for (const auto& node : map.gains) {
    for (float gain : node) {
      if (!(gain >= 0.25f && gain <= 4)) throw Error("gain map has the gain " + std::to_string(gain) + ", expected 0.25 to 4");
    }
  }
}

}  // namespace

Phase phase_of(const SensorInfo& sensor) {
  switch (sensor.cfa) {
    case CfaPattern::kGrbg:
      return {-1, 0};
    case CfaPattern::kGbrg:
      return {0, -1};
    case CfaPattern::kBggr:
      return {-1, -1};
    default:
      return {-sensor.cfa_phase.x, -sensor.cfa_phase.y};
  }
}

int period_of(CfaPattern cfa) { return cfa == CfaPattern::kXTrans ? 6 : cell_side(cfa); }

void check(const RawFrame& frame) {
  check(frame.sensor);
  check_pixels(frame);
}

Halide::Runtime::Buffer<std::uint16_t> samples_of(const RawFrame& frame) {
  const CfaPattern cfa = frame.sensor.cfa;
  const int step = samples_per_pixel(cfa);
  const int channels = cell_side(cfa) > 1 ? 1 : 3;  // a mosaic, or what serves as R, G and B
  const halide_dimension_t shape[3]{{0, frame.size().width, step},
                                    {0, frame.size().height, static_cast<std::int32_t>(frame.stride)},
                                    {0, channels, cfa == CfaPattern::kRgb ? 1 : 0}};
  return Halide::Runtime::Buffer<std::uint16_t>(const_cast<std::uint16_t*>(frame.data), 3,
                                                shape);  // Halide has no type for read-only input
}

Halide::Runtime::Buffer<std::uint8_t> bytes_of(const RawFrame& frame) {
  const PackedCodes& packed = *frame.packed;
  const auto row_bytes = static_cast<std::int32_t>(packed_row_bytes(packed.format, frame.size().width));
  const halide_dimension_t shape[3]{{0, row_bytes, 1}, {0, frame.size().height, static_cast<std::int32_t>(packed.stride)}, {0, 1, 0}};
  return Halide::Runtime::Buffer<std::uint8_t>(const_cast<std::uint8_t*>(packed.bytes), 3, shape);
}

Halide::Runtime::Buffer<float> levels_of(const SensorInfo& sensor) {
  constexpr float kDark = 1.0f / 512;
  Halide::Runtime::Buffer<float> levels(4, 4);
  for (int s = 0; s < 4; s++) {
    const auto site = static_cast<std::size_t>(s);
    const float range = sensor.white[site] - sensor.black[site];
    levels(s, 0) = sensor.black[site];
    levels(s, 1) = 1 / range;
    levels(s, 2) = sensor.white[site];
    levels(s, 3) = sensor.black[site] + range * kDark;
  }
  return levels;
}

ShadingMesh mesh_at(const std::vector<ShadingMesh>& meshes, float cct) {
  if (meshes.empty()) return {};
  const auto above = std::find_if(meshes.begin(), meshes.end(), [&](const ShadingMesh& m) { return m.cct >= cct; });
  if (above == meshes.begin()) return meshes.front();
  if (above == meshes.end()) return meshes.back();
  const ShadingMesh& below = *(above - 1);
  const float weight = (1 / below.cct - 1 / cct) / (1 / below.cct - 1 / above->cct);
  ShadingMesh mesh = below;
  mesh.cct = cct;
  for (std::size_t c = 0; c < 3; c++) {
    for (std::size_t i = 0; i < mesh.gains[c].size(); i++) mesh.gains[c][i] += weight * (above->gains[c][i] - mesh.gains[c][i]);
  }
  return mesh;
}

ShadingMesh with_gain_map(ShadingMesh mesh, const GainMap& map) {
  if (map.columns == 0 && map.rows == 0 && map.gains.empty()) return mesh;
  check(map);
  ShadingMesh out;
  out.cct = mesh.cct;
  out.columns = std::max(mesh.columns, map.columns);
  out.rows = std::max(mesh.rows, map.rows);
  for (std::size_t c = 0; c < 3; c++) {
    std::vector<float> factor;
    factor.reserve(map.gains.size());
    for (const auto& node : map.gains) factor.push_back(c == 1 ? 1 : node[c / 2]);
    out.gains[c].clear();
    for (int row = 0; row < out.rows; row++) {
      for (int column = 0; column < out.columns; column++) {
        const float x = out.columns > 1 ? static_cast<float>(column) / static_cast<float>(out.columns - 1) : 0;
        const float y = out.rows > 1 ? static_cast<float>(row) / static_cast<float>(out.rows - 1) : 0;
        out.gains[c].push_back(bilinear(mesh.columns, mesh.rows, x, y, nodes_of(mesh.gains[c], mesh.columns)) *
                               bilinear(map.columns, map.rows, x, y, nodes_of(factor, map.columns)));
      }
    }
  }
  return out;
}

WideMesh widen(const ShadingMesh& mesh, const Vec3& gains, Size active, Phase origin, int step, int columns) {
  WideMesh out{Halide::Runtime::Buffer<float>(columns + kBorder + kOverrun, mesh.rows, 3)};
  out.gains.set_min(-kBorder, 0, 0);
  for (int c = 0; c < 3; c++) {
    const auto channel = static_cast<std::size_t>(c);
    const auto at = nodes_of(mesh.gains[channel], mesh.columns);
    for (int row = 0; row < mesh.rows; row++) {
      for (int x = -kBorder; x < columns + kOverrun; x++) {
        const float centre = (static_cast<float>(origin.x + x * step) + 0.5f * static_cast<float>(step)) / static_cast<float>(active.width);
        const BetweenNodes across = between_nodes(mesh.columns, centre);
        const float left = at(across.node, row);
        out.gains(x, row, c) = gains[channel] * (left + (at(across.next, row) - left) * across.share);
      }
    }
  }
  const float rows_per_pixel = static_cast<float>(mesh.rows - 1) / static_cast<float>(active.height);
  out.first = (static_cast<float>(origin.y) + 0.5f * static_cast<float>(step)) * rows_per_pixel;
  out.step = static_cast<float>(step) * rows_per_pixel;
  return out;
}

}  // namespace argent
