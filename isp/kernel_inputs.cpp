#include "isp/kernel_inputs.h"

#include <algorithm>
#include <cmath>

#include "isp/error.h"

namespace argent {
namespace {

/// Stencils and whole vectors reach past the picture by at most this many columns.
constexpr int kBorder = 32, kOverrun = 96;

float bilinear_across(const std::vector<float>& gains, int columns, int row, float position) {
  const float node = std::clamp(position, 0.0f, 1.0f) * static_cast<float>(columns - 1);
  const int left = std::min(static_cast<int>(node), columns - 1), right = std::min(left + 1, columns - 1);
  const float fraction = node - static_cast<float>(left);
  const auto at = [&](int column) { return gains[static_cast<std::size_t>(row * columns + column)]; };
  return at(left) + (at(right) - at(left)) * fraction;
}

}  // namespace

Phase phase_of(CfaPattern cfa) {
  switch (cfa) {
    case CfaPattern::kGrbg:
      return {-1, 0};
    case CfaPattern::kGbrg:
      return {0, -1};
    case CfaPattern::kBggr:
      return {-1, -1};
    default:
      return {0, 0};
  }
}

void check(const RawFrame& frame) {
  check(frame.sensor);
  const Size size = frame.size();
  if (!frame.data || size.width < 1 || size.height < 1) throw Error("frame has no pixels");
  if (frame.stride < static_cast<std::ptrdiff_t>(size.width) * samples_per_pixel(frame.sensor.cfa)) {
    throw Error("frame has a stride of " + std::to_string(frame.stride) + " samples, expected at least its width of " +
                std::to_string(size.width) + " pixels");
  }
}

Halide::Runtime::Buffer<std::uint16_t> samples_of(const RawFrame& frame) {
  const CfaPattern cfa = frame.sensor.cfa;
  const int step = samples_per_pixel(cfa);
  const int channels = is_bayer(cfa) ? 1 : 3;
  const halide_dimension_t shape[3]{{0, frame.size().width, step},
                                    {0, frame.size().height, static_cast<std::int32_t>(frame.stride)},
                                    {0, channels, cfa == CfaPattern::kRgb ? 1 : 0}};
  return Halide::Runtime::Buffer<std::uint16_t>(const_cast<std::uint16_t*>(frame.data), 3,
                                                shape);  // Halide has no type for read-only input
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

WideMesh widen(const ShadingMesh& mesh, const Vec3& gains, Size active, Phase origin, int step, int columns) {
  WideMesh out{Halide::Runtime::Buffer<float>(columns + kBorder + kOverrun, mesh.rows, 3)};
  out.gains.set_min(-kBorder, 0, 0);
  for (int c = 0; c < 3; c++) {
    const auto channel = static_cast<std::size_t>(c);
    for (int row = 0; row < mesh.rows; row++) {
      for (int x = -kBorder; x < columns + kOverrun; x++) {
        const float centre = (static_cast<float>(origin.x + x * step) + 0.5f * static_cast<float>(step)) / static_cast<float>(active.width);
        out.gains(x, row, c) = gains[channel] * bilinear_across(mesh.gains[channel], mesh.columns, row, centre);
      }
    }
  }
  const float rows_per_pixel = static_cast<float>(mesh.rows - 1) / static_cast<float>(active.height);
  out.first = (static_cast<float>(origin.y) + 0.5f * static_cast<float>(step)) * rows_per_pixel;
  out.step = static_cast<float>(step) * rows_per_pixel;
  return out;
}

}  // namespace argent
