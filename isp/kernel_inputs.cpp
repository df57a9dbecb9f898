#include "isp/kernel_inputs.h"

#include <array>
#include <utility>
#include <vector>

#include "isp/bilinear.h"
#include "isp/packed_codes.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

/// Stencils and whole vectors reach past the picture by at most this many columns.
constexpr int kBorder = 32, kOverrun = 96;

/// `of(site)`: the gains of one layer, and what they are multiplied with.
template <class Mesh, class Of>
WideMesh widen(BufferPool& pool, const Mesh& mesh, int layers, Size active, Phase origin, int step, int columns, const Of& of) {
  const int width = columns + kBorder + kOverrun;
  struct Span {
    BetweenNodes nodes;  ///< the same two of all its columns
    int begin, end;
  };
  std::vector<Span> spans;
  std::vector<float> shares;
  for (int x = 0; x < width; x++) {
    const float centre =
        (static_cast<float>(origin.x + (x - kBorder) * step) + 0.5f * static_cast<float>(step)) / static_cast<float>(active.width);
    const BetweenNodes nodes = between_nodes(mesh.columns, centre);
    shares.push_back(nodes.share);
    if (spans.empty() || spans.back().nodes.node != nodes.node || spans.back().nodes.next != nodes.next) spans.push_back({nodes, x, x});
    spans.back().end = x + 1;
  }
  WideMesh out;
  out.memory = pool.lease(static_cast<std::size_t>(width) * static_cast<std::size_t>(mesh.rows * layers) * sizeof(float));
  auto* to = reinterpret_cast<float*>(out.memory.get());
  out.gains = Halide::Runtime::Buffer<float>(to, width, mesh.rows, layers);
  out.gains.set_min(-kBorder, 0, 0);
  for (int layer = 0; layer < layers; layer++) {
    const auto& [gains, factor] = of(layer);
    for (int row = 0; row < mesh.rows; row++) {
      const float* from = gains.data() + static_cast<std::ptrdiff_t>(row) * mesh.columns;
      for (const Span& span : spans) {
        const float left = from[span.nodes.node], difference = from[span.nodes.next] - left, by = factor;
        for (int x = span.begin; x < span.end; x++) to[x] = by * (left + difference * shares[static_cast<std::size_t>(x)]);
      }
      to += width;
    }
  }
  const float rows_per_pixel = static_cast<float>(mesh.rows - 1) / static_cast<float>(active.height);
  out.first = (static_cast<float>(origin.y) + 0.5f * static_cast<float>(step)) * rows_per_pixel;
  out.step = static_cast<float>(step) * rows_per_pixel;
  return out;
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

int site_of(const SensorInfo& sensor, int x, int y) {
  constexpr std::array kSites{0, 1, 3};
  if (sensor.cfa == CfaPattern::kXTrans) return kSites[static_cast<std::size_t>(color_at(sensor, x, y))];
  if (!is_bayer(sensor.cfa)) return 0;
  const Phase phase = phase_of(sensor);
  return (y - phase.y) % 2 * 2 + (x - phase.x) % 2;
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
  Halide::Runtime::Buffer<float> levels(4, 5);
  for (int s = 0; s < 4; s++) {
    const auto site = static_cast<std::size_t>(s);
    const float range = sensor.white[site] - sensor.black[site];
    levels(s, 0) = sensor.black[site];
    levels(s, 1) = 1 / range;
    levels(s, 2) = sensor.white[site];
    levels(s, 3) = sensor.black[site] + range * kDark;
    levels(s, 4) = -sensor.black[site] / range;
  }
  return levels;
}

WideMesh widen(BufferPool& pool, const SiteMesh& mesh, const Vec3& gains, Size active, Phase origin, int step, int columns) {
  constexpr std::array<std::size_t, 4> kChannel{0, 1, 1, 2};
  return widen(pool, mesh, 4, active, origin, step, columns, [&](int layer) {
    const auto site = static_cast<std::size_t>(layer);
    return std::pair<const std::vector<float>&, float>(mesh.gains[site], gains[kChannel[site]]);
  });
}

WideMesh widen_weights(BufferPool& pool, const HighlightColors& colors, Size active, Phase origin, int step, int columns) {
  return widen(pool, colors, 3, active, origin, step, columns, [&](int layer) {
    return std::pair<const std::vector<float>&, float>(colors.weights[static_cast<std::size_t>(layer)], 1.0f);
  });
}

WideMesh widen_channels(BufferPool& pool, const SiteMesh& mesh, const Vec3& gains, Size active, Phase origin, int step, int columns) {
  std::vector<float> green = mesh.gains[1];
  for (std::size_t i = 0; i < green.size(); i++) green[i] = 0.5f * (green[i] + mesh.gains[2][i]);
  const std::array<const std::vector<float>*, 3> channels{&mesh.gains[0], &green, &mesh.gains[3]};
  return widen(pool, mesh, 3, active, origin, step, columns, [&](int layer) {
    const auto channel = static_cast<std::size_t>(layer);
    return std::pair<const std::vector<float>&, float>(*channels[channel], gains[channel]);
  });
}

}  // namespace argent
