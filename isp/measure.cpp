#include "isp/measure.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include "isp/kernel_inputs.h"
#include "isp/measure_sums.h"
#include "isp/packed_codes.h"
#include "models/runtime/parallel.h"

namespace argent {
namespace {

using Buffer = Halide::Runtime::Buffer<float>;

/// Statistics cover whole quads: of X-Trans whole cells, from the first that has red beside its middle; without a mosaic pixels.
struct Quads {
  Phase origin;
  int step = 1;  ///< pixels of a quad's side
  int columns = 0, rows = 0;
};

Quads quads_of(const RawFrame& frame) {
  const int side = cell_side(frame.sensor.cfa);
  const Phase phase = phase_of(frame.sensor);
  Phase first{-phase.x, -phase.y};
  if (frame.sensor.cfa == CfaPattern::kXTrans) {
    // Pixel (0, 0) lies first.x, first.y into the pattern; of the cells that begin there or later, one on its diagonal.
    const int x = (first.x + 2) / 3, y = (first.y + 2) / 3;
    first = {3 * x - first.x, 3 * (y + (x + y) % 2) - first.y};
  }
  return {first, side, std::max(0, frame.size().width - first.x) / side, std::max(0, frame.size().height - first.y) / side};
}

/// Samples of R, G and B in one of them, and all. A pixel that has one sample for all colors or one each counts as R, G, G, B.
struct Samples {
  std::array<double, 3> of;
  double all;
};
Samples samples_of_quad(CfaPattern cfa) {
  if (cfa == CfaPattern::kXTrans) return {{2, 5, 2}, 9};
  return {{1, is_bayer(cfa) ? 2.0 : 1.0, 1}, 4};
}

/// First quad of a zone; measure_generator.cpp has the same. With sides of at most kMaxSide the product fits.
static_assert(std::int64_t{kMaxSide} * Statistics::kMaxGrid <= std::numeric_limits<int>::max());
int edge(int zone, int zones, int quads) { return zone * quads / zones; }

Statistics::Zone zone_of(const std::array<double, kSums>& sum, double quads, const SensorInfo& sensor) {
  Statistics::Zone zone;
  if (quads == 0) return zone;
  const auto [each, samples] = samples_of_quad(sensor.cfa);
  const double open = sum[kUnclippedQuads];
  for (std::size_t c = 0; c < 3; c++) {
    zone.mean[c] = static_cast<float>(sum[kRed + c] / quads);
    zone.count[c] = static_cast<std::uint32_t>(quads * each[c]);
    zone.unclipped[c] = open > 0 ? static_cast<float>(sum[kRedUnclipped + c] / open) : 0;
    zone.unclipped_count[c] = static_cast<std::uint32_t>(open * each[c]);
  }
  zone.clipped = static_cast<float>(sum[kClipped] / (samples * quads));
  zone.dark = static_cast<float>(sum[kDark] / (samples * quads));

  // A quad's green is the mean of its samples, so its noise variance is a fraction of one's; focus_energy.h has the factors.
  const double level = sum[kLevel] / quads;
  const double variance = (sensor.noise.shot * std::max(level, 0.0) + sensor.noise.read) / each[1];
  constexpr std::array<double, 2> kNoiseGain{12, 3};
  if (level > 1e-3) {
    for (std::size_t i = 0; i < 2; i++) {
      zone.focus[i] = static_cast<float>(std::max(0.0, sum[kFocusFine + i] / quads - kNoiseGain[i] * variance) / (level * level));
    }
  }
  return zone;
}

/// In several sums side by side, which the compiler makes vectors of.
double sum_of(const float* values, int count) {
  constexpr int kLanes = 16;
  std::array<float, kLanes> lanes{};
  int i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (int lane = 0; lane < kLanes; lane++) lanes[static_cast<std::size_t>(lane)] += values[i + lane];
  }
  double sum = 0;
  for (const float lane : lanes) sum += static_cast<double>(lane);
  for (; i < count; i++) sum += static_cast<double>(values[i]);
  return sum;
}

void fill_zones(Statistics& out, const Buffer& sums, const Quads& quads, const SensorInfo& sensor) {
  for (int row = 0; row < out.rows; row++) {
    const int height = edge(row + 1, out.rows, quads.rows) - edge(row, out.rows, quads.rows);
    for (int column = 0; column < out.columns; column++) {
      const int left = edge(column, out.columns, quads.columns), right = edge(column + 1, out.columns, quads.columns);
      std::array<double, kSums> sum{};
      for (int k = 0; k < kSums; k++) sum[static_cast<std::size_t>(k)] = sum_of(&sums(left, row, k), right - left);
      out.zone(column, row) = zone_of(sum, double(right - left) * height, sensor);
    }
  }
}

void fill_histograms(Statistics& out, const Halide::Runtime::Buffer<std::uint32_t>& histograms) {
  for (int row = 0; row < out.rows; row++) {
    for (int bin = 0; bin < Statistics::kBins; bin++) {
      const auto i = static_cast<std::size_t>(bin);
      for (int c = 0; c < 3; c++) out.channels[static_cast<std::size_t>(c)][i] += histograms(bin, c, row);
      out.luma[i] += histograms(bin, 3, row);
    }
  }
}

void fill_bands(Statistics& out, const Buffer& row_green, const Quads& quads) {
  const int quad_rows = (quads.rows + Statistics::kMaxBands - 1) / Statistics::kMaxBands;
  out.band_rows = quad_rows * quads.step;
  out.bands = (quads.rows + quad_rows - 1) / quad_rows;
  for (int band = 0; band < out.bands; band++) {
    const int first = band * quad_rows, last = std::min(first + quad_rows, quads.rows);
    double sum = 0;
    for (int row = first; row < last; row++) sum += static_cast<double>(row_green(row));
    out.row_means[static_cast<std::size_t>(band)] = static_cast<float>(sum / (double(last - first) * quads.columns));
  }
}

}  // namespace

Statistics measure(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& current,
                   const PipelineParams& params) {
  const Quads quads = quads_of(frame);
  Statistics out;
  out.applied = frame.applied;
  out.luma_gains = current.colour_gains;
  out.histogram_step = params.statistics.histogram_step;
  out.columns = std::clamp(params.statistics.columns, 1, std::max(1, quads.columns));
  out.rows = std::clamp(params.statistics.rows, 1, std::max(1, quads.rows));
  if (quads.columns < 1 || quads.rows < 1) return out;  // no whole quad: counts stay 0

  const float cct = current.colour_temperature > 0 ? current.colour_temperature : 5500;
  const int tiles = (quads.columns + kMeasureTile - 1) / kMeasureTile, columns = tiles * kMeasureTile;
  WideMesh mesh = widen_channels(context.pool(), lens_mesh(frame, params, cct), {1, 1, 1}, frame.size(), quads.origin, quads.step, columns);
  constexpr Vec3 kRec709{0.2126f, 0.7152f, 0.0722f};
  Buffer luma(3), levels = levels_of(frame.sensor);
  for (int c = 0; c < 3; c++) luma(c) = kRec709[static_cast<std::size_t>(c)] * current.colour_gains[static_cast<std::size_t>(c)];
  int tallest = 0;
  for (int row = 0; row < out.rows; row++)
    tallest = std::max(tallest, edge(row + 1, out.rows, quads.rows) - edge(row, out.rows, quads.rows));

  const auto block = context.pool().lease((static_cast<std::size_t>(columns) * kSums + 4 * std::size_t{Statistics::kBins}) *
                                              static_cast<std::size_t>(out.rows) * sizeof(float) +
                                          static_cast<std::size_t>(quads.rows) * sizeof(float));
  auto* memory = reinterpret_cast<float*>(block.get());
  Buffer sums(memory, columns, out.rows, int{kSums}), tiled(memory, kMeasureTile, tiles, out.rows, int{kSums});
  memory += static_cast<std::size_t>(columns) * static_cast<std::size_t>(out.rows) * kSums;
  Halide::Runtime::Buffer<std::uint32_t> histograms(reinterpret_cast<std::uint32_t*>(memory), int{Statistics::kBins}, 4, out.rows);
  memory += std::size_t{4} * Statistics::kBins * static_cast<std::size_t>(out.rows);
  Buffer row_green(memory, quads.rows);

  // A zone row at a time, so that what is read from memory once serves all three.
  const auto run = [&](auto kernel, halide_buffer_t* samples, auto... how_packed) {
    parallel_for(context.pool(), context.threads(), out.rows, 1, [&](std::int64_t begin, std::int64_t end) {
      for (int row = static_cast<int>(begin); row < end; row++) {
        const int top = edge(row, out.rows, quads.rows), height = edge(row + 1, out.rows, quads.rows) - top;
        context.check(kernel(&context, samples, quads.origin.x, quads.origin.y, levels, mesh.gains, mesh.first, mesh.step, luma, out.rows,
                             tallest, out.histogram_step, how_packed..., row_green.cropped(0, top, height), tiled.cropped(2, row, 1),
                             histograms.cropped(2, row, 1)),
                      "measure");
      }
    });
  };
  const bool bayer = is_bayer(frame.sensor.cfa);
  if (frame.sensor.cfa == CfaPattern::kXTrans) {
    run(kernels.measure_xtrans, samples_of(unpacked(frame, context.pool())));
  } else if (frame.packed) {
    run(bayer ? kernels.measure_packed_bayer : kernels.measure_packed_planes, bytes_of(frame), bits_of(frame.packed->format),
        frame.size().width);
  } else {
    run(bayer ? kernels.measure_bayer : kernels.measure_planes, samples_of(frame));
  }
  fill_zones(out, sums, quads, frame.sensor);
  fill_histograms(out, histograms);
  fill_bands(out, row_green, quads);
  return out;
}

}  // namespace argent
