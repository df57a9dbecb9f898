#include "isp/measure.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <mutex>
#include <vector>

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

/// First quad of a zone. With sides of at most kMaxSide the product fits.
static_assert(std::int64_t{kMaxSide} * Statistics::kMaxGrid <= std::numeric_limits<int>::max());
int edge(int zone, int zones, int quads) { return zone * quads / zones; }

Statistics::Zone zone_of(const std::array<double, kSums>& sum, int columns, int rows, const SensorInfo& sensor) {
  Statistics::Zone zone;
  const double quads = double(columns) * rows;
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
  const std::array<double, 2> places{quads, double(columns) * ((rows + 1) / 2)};
  if (level > 1e-3) {
    for (std::size_t i = 0; i < 2; i++) {
      zone.focus[i] = static_cast<float>(std::max(0.0, sum[kFocusFine + i] / places[i] - kNoiseGain[i] * variance) / (level * level));
    }
  }
  return zone;
}

/// Rows of quads that a call of the kernel looks at, three times: few enough for a cache. Even, so that every second row of a zone, which
/// is what the coarse focus is of, is every second one of each part.
int rows_at_once(const RawFrame& frame, const Quads& quads) {
  constexpr std::size_t kBytes = std::size_t{1} << 20;
  constexpr std::size_t kMost = 4096;  // of a column the kernel counts samples, nine a row at most, in 16 bits
  const std::size_t samples = static_cast<std::size_t>(frame.size().width) * (frame.sensor.cfa == CfaPattern::kRgb ? 3 : 1);
  const std::size_t row_bytes = samples * sizeof(std::uint16_t) * static_cast<std::size_t>(quads.step);
  return static_cast<int>(std::clamp<std::size_t>(kBytes / row_bytes, 2, kMost) / 2 * 2);
}

/// In four sums side by side, which the compiler makes a vector of.
float sum_of(const float* values, int count) {
  std::array<float, 4> lanes{};
  int i = 0;
  for (; i + 4 <= count; i += 4) {
    for (int lane = 0; lane < 4; lane++) lanes[static_cast<std::size_t>(lane)] += values[i + lane];
  }
  float rest = 0;
  for (; i < count; i++) rest += values[i];
  return (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]) + rest;
}

/// Of some rows of a zone row: adds up the columns of each zone.
void add_zones(std::vector<std::array<double, kSums>>& zones, const Buffer& sums, const Quads& quads) {
  const int columns = static_cast<int>(zones.size());
  for (int column = 0; column < columns; column++) {
    const int left = edge(column, columns, quads.columns), right = edge(column + 1, columns, quads.columns);
    std::array<double, kSums>& zone = zones[static_cast<std::size_t>(column)];
    for (int k = 0; k < kSums; k++) zone[static_cast<std::size_t>(k)] += static_cast<double>(sum_of(&sums(left, k), right - left));
  }
}

void add_histograms(Statistics& out, const Halide::Runtime::Buffer<std::uint32_t>& histograms) {
  const auto add = [&](std::array<std::uint32_t, Statistics::kBins>& to, int which) {
    const std::uint32_t* from = &histograms(0, which);
    for (std::size_t bin = 0; bin < to.size(); bin++) to[bin] += from[bin];
  };
  for (int c = 0; c < 3; c++) add(out.channels[static_cast<std::size_t>(c)], c);
  add(out.luma, 3);
}

void fill_bands(Statistics& out, const std::vector<float>& row_green, const Quads& quads) {
  const int quad_rows = (quads.rows + Statistics::kMaxBands - 1) / Statistics::kMaxBands;
  out.band_rows = quad_rows * quads.step;
  out.bands = (quads.rows + quad_rows - 1) / quad_rows;
  for (int band = 0; band < out.bands; band++) {
    const int first = band * quad_rows, last = std::min(first + quad_rows, quads.rows);
    double sum = 0;
    for (int row = first; row < last; row++) sum += static_cast<double>(row_green[static_cast<std::size_t>(row)]);
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
  std::vector<float> row_green(static_cast<std::size_t>(quads.rows));
  Buffer rows(row_green.data(), quads.rows);
  const int at_once = rows_at_once(frame, quads);
  std::mutex counting;

  const auto run = [&](auto kernel, halide_buffer_t* samples, auto... how_packed) {
    const auto measure_row = [&](int row) {
      const std::size_t count = static_cast<std::size_t>(columns) * kSums, bins = std::size_t{4} * Statistics::kBins;
      const auto block = context.pool().lease((count + bins) * sizeof(float));
      auto* memory = reinterpret_cast<float*>(block.get());
      Buffer sums(memory, columns, int{kSums}), tiled(memory, kMeasureTile, tiles, int{kSums});
      Halide::Runtime::Buffer<std::uint32_t> histograms(reinterpret_cast<std::uint32_t*>(memory + count), int{Statistics::kBins}, 4);
      std::vector<std::array<double, kSums>> zones(static_cast<std::size_t>(out.columns));
      const int first = edge(row, out.rows, quads.rows), last = edge(row + 1, out.rows, quads.rows);
      for (int top = first; top < last; top += at_once) {
        const int height = std::min(at_once, last - top);
        context.check(kernel(&context, samples, quads.origin.x, quads.origin.y, levels, mesh.gains, mesh.first, mesh.step, luma, top,
                             height, out.histogram_step, how_packed..., rows.cropped(0, top, height), tiled, histograms),
                      "measure");
        for (int k = 0; k < kSums && tiles > 1; k++) {  // columns that the last tile has once more
          float* last_tile = &tiled(0, tiles - 1, k);
          std::copy(last_tile + columns - quads.columns, last_tile + kMeasureTile, last_tile);
        }
        add_zones(zones, sums, quads);
        const std::lock_guard lock(counting);
        add_histograms(out, histograms);
      }
      for (int column = 0; column < out.columns; column++) {
        const int width = edge(column + 1, out.columns, quads.columns) - edge(column, out.columns, quads.columns);
        out.zone(column, row) = zone_of(zones[static_cast<std::size_t>(column)], width, last - first, frame.sensor);
      }
    };
    parallel_for(context.pool(), context.threads(), out.rows, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; row++) measure_row(static_cast<int>(row));
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
  fill_bands(out, row_green, quads);
  return out;
}

}  // namespace argent
