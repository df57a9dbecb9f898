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

/// Of those columns, which of the focus is measured.
struct Columns {
  int begin, end;
};
Columns focused(Columns columns, int all) {
  const int begin = std::max(columns.begin, kMeasureBefore);
  return {begin, std::max(begin, std::min(columns.end, all - kMeasureAfter))};
}

/// `focused`: columns that the focus is of.
Statistics::Zone zone_of(const std::array<double, kSums>& sum, int columns, int focused, int rows, const SensorInfo& sensor) {
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
  const std::array<double, 2> places{double(focused) * rows, double(focused) * ((rows + 1) / 2)};
  if (level > 1e-3 && focused > 0) {
    for (std::size_t i = 0; i < 2; i++) {
      zone.focus[i] = static_cast<float>(std::max(0.0, sum[kFocusFine + i] / places[i] - kNoiseGain[i] * variance) / (level * level));
    }
  }
  return zone;
}

/// Rows of quads that a call of the kernel looks at, three times, at most: few enough for a cache.
int rows_at_once(const RawFrame& frame, const Quads& quads) {
  constexpr std::size_t kBytes = std::size_t{1} << 20;
  constexpr std::size_t kMost = 4096;  // of a column the kernel counts samples, nine a row at most, in 16 bits
  const std::size_t samples = static_cast<std::size_t>(frame.size().width) * (frame.sensor.cfa == CfaPattern::kRgb ? 3 : 1);
  const std::size_t row_bytes = samples * sizeof(std::uint16_t) * static_cast<std::size_t>(quads.step);
  return static_cast<int>(std::clamp<std::size_t>(kBytes / row_bytes, 2, kMost));
}

/// Rows of quads whose gains lie between the same two of the mesh.
struct MeshRows {
  int row;
  float fraction, step;  ///< of the first quad row; from one to the next
  int end;
};
MeshRows mesh_rows(const WideMesh& mesh, int top, int end) {
  const double first = double{mesh.first}, step = double{mesh.step}, node = first + top * step;
  const int last = std::max(0, mesh.gains.dim(1).extent() - 2), row = std::clamp(static_cast<int>(node), 0, last);
  if (row < last) end = std::clamp(static_cast<int>((row + 1 - first) / step) + 1, top + 1, end);
  return {row, static_cast<float>(node - row), mesh.step, end};
}

/// A frame as wide as the kernels take it. Of what is behind its columns nothing is used.
RawFrame widened(const RawFrame& frame, int width, BufferPool& pool) {
  const RawFrame codes = unpacked(frame, pool);
  const Size size = codes.size();
  const auto samples = static_cast<std::size_t>(samples_per_pixel(codes.sensor.cfa));
  const std::size_t stride = static_cast<std::size_t>(width) * samples, count = static_cast<std::size_t>(size.width) * samples;
  RawFrame out = share(codes);
  auto memory = pool.lease(stride * static_cast<std::size_t>(size.height) * sizeof(std::uint16_t));
  auto* to = reinterpret_cast<std::uint16_t*>(memory.get());
  for (int y = 0; y < size.height; y++) {
    std::uint16_t* row = to + static_cast<std::size_t>(y) * stride;
    std::copy_n(codes.data + y * codes.stride, count, row);
    std::fill(row + count, row + stride, std::uint16_t{0});
  }
  out.data = to;
  out.stride = static_cast<std::ptrdiff_t>(stride);
  out.lease = std::move(memory);
  out.sensor.active.width = width;
  return out;
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

/// Of some rows of a zone row: adds up the columns of each zone. `sums`: (column of the tile, tile, MeasureSum).
void add_zones(std::vector<std::array<double, kSums>>& zones, const Buffer& sums, const Quads& quads) {
  const int wide = std::max(quads.columns, kMeasuredColumns), columns = static_cast<int>(zones.size());
  const auto add = [&](double& to, Columns of, int k, int before) {
    for (int tile = of.begin / kMeasureTile; of.begin < of.end; tile++) {
      const int end = std::min(of.end, (tile + 1) * kMeasureTile), left = std::clamp(tile * kMeasureTile, 0, wide - kMeasureTile);
      const int first = before == 0 ? left : std::clamp(left - before, 0, wide - kMeasuredColumns) + before;
      to += static_cast<double>(sum_of(&sums(of.begin - first, tile, k), end - of.begin));
      of.begin = end;
    }
  };
  for (int column = 0; column < columns; column++) {
    const Columns of{edge(column, columns, quads.columns), edge(column + 1, columns, quads.columns)};
    for (int k = 0; k < kSums; k++) {
      const bool focus = k == kFocusFine || k == kFocusCoarse;
      add(zones[static_cast<std::size_t>(column)][static_cast<std::size_t>(k)], focus ? focused(of, quads.columns) : of, k,
          focus ? kMeasureBefore : 0);
    }
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
  // Two tiles at least: what the second has of a narrow frame is not used.
  const int tiles = (std::max(quads.columns, kMeasuredColumns) + kMeasureTile - 1) / kMeasureTile, columns = tiles * kMeasureTile;
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
      Buffer sums(memory, kMeasureTile, tiles, int{kSums});
      Halide::Runtime::Buffer<std::uint32_t> histograms(reinterpret_cast<std::uint32_t*>(memory + count), int{Statistics::kBins}, 4);
      std::vector<std::array<double, kSums>> zones(static_cast<std::size_t>(out.columns));
      const int first = edge(row, out.rows, quads.rows), last = edge(row + 1, out.rows, quads.rows);
      for (int top = first; top < last;) {
        const MeshRows gains = mesh_rows(mesh, top, std::min(top + at_once, last));
        const int above = (top - first) % 2;  // the coarse focus is of every second row of the zone
        context.check(kernel(&context, samples, quads.origin.x, quads.origin.y, levels, mesh.gains, gains.row, gains.fraction, gains.step,
                             luma, quads.columns, top - above, above, gains.end - top + above, out.histogram_step, how_packed...,
                             rows.cropped(0, top, gains.end - top), sums, histograms),
                      "measure");
        top = gains.end;
        add_zones(zones, sums, quads);
        const std::lock_guard lock(counting);
        add_histograms(out, histograms);
      }
      for (int column = 0; column < out.columns; column++) {
        const Columns of{edge(column, out.columns, quads.columns), edge(column + 1, out.columns, quads.columns)};
        const Columns focus = focused(of, quads.columns);
        out.zone(column, row) =
            zone_of(zones[static_cast<std::size_t>(column)], of.end - of.begin, focus.end - focus.begin, last - first, frame.sensor);
      }
    };
    parallel_for(context.pool(), context.threads(), out.rows, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; row++) measure_row(static_cast<int>(row));
    });
  };
  const bool bayer = is_bayer(frame.sensor.cfa);
  if (quads.columns < kMeasuredColumns) {
    const RawFrame wide = widened(frame, quads.origin.x + kMeasuredColumns * quads.step, context.pool());
    run(bayer                                     ? kernels.measure_bayer
        : frame.sensor.cfa == CfaPattern::kXTrans ? kernels.measure_xtrans
                                                  : kernels.measure_planes,
        samples_of(wide));
  } else if (frame.sensor.cfa == CfaPattern::kXTrans) {
    run(kernels.measure_xtrans, samples_of(unpacked(frame, context.pool())));
  } else if (frame.packed) {
    run(bayer ? kernels.measure_packed_bayer : kernels.measure_packed_planes, bytes_of(frame), bits_of(frame.packed->format));
  } else {
    run(bayer ? kernels.measure_bayer : kernels.measure_planes, samples_of(frame));
  }
  fill_bands(out, row_green, quads);
  return out;
}

}  // namespace argent
