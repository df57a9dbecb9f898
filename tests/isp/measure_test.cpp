#include "isp/measure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <random>

#include "isp/pipeline.h"
#include "tests/reference/frames.h"
#include "tests/reference/measure.h"

namespace argent {
namespace {

using reference::Content;
using reference::make_frame;

void expect_zone(const Statistics& s, const reference::Measure& twin, const RawFrame& frame, int column, int row) {
  const auto edge = [](int i, int n, int quads) { return i * quads / n; };
  const int x0 = edge(column, s.columns, twin.columns()), x1 = edge(column + 1, s.columns, twin.columns());
  const int y0 = edge(row, s.rows, twin.rows()), y1 = edge(row + 1, s.rows, twin.rows());
  const double n = double(x1 - x0) * (y1 - y0);
  double open = 0, clipped = 0, dark = 0, level = 0, focus[2] = {0, 0}, places[2] = {0, 0}, mean[3] = {0, 0, 0}, unclipped[3] = {0, 0, 0};
  for (int y = y0; y < y1; y++) {
    for (int x = x0; x < x1; x++) {
      const bool is_open = twin.clipped(x, y) == 0;
      open += is_open;
      clipped += twin.clipped(x, y);
      dark += twin.dark(x, y);
      level += twin.green(x, y);
      for (int c = 0; c < 3; c++) {
        mean[c] += twin.even(x, y, c);
        if (is_open) unclipped[c] += twin.even(x, y, c);
      }
      if (x < 2 || x >= twin.columns() - 3) continue;  // focus is not measured
      places[0]++;
      focus[0] += twin.focus_energy(x, y, 0);
      if ((y - y0) % 2 != 0) continue;  // every second row of the zone
      places[1]++;
      focus[1] += twin.focus_energy(x, y, 1);
    }
  }
  const Statistics::Zone& zone = s.zone(column, row);
  const double greens = twin.samples(1);
  EXPECT_EQ(zone.count[0], n * twin.samples(0));
  EXPECT_EQ(zone.count[1], n * greens);
  EXPECT_EQ(zone.unclipped_count[2], open * twin.samples(2));
  EXPECT_NEAR(zone.clipped, clipped / (twin.samples() * n), 1e-6);
  EXPECT_NEAR(zone.dark, dark / (twin.samples() * n), 1e-6);
  for (std::size_t c = 0; c < 3; c++) {
    EXPECT_NEAR(zone.mean[c], mean[c] / n, 1e-4);
    EXPECT_NEAR(zone.unclipped[c], open > 0 ? unclipped[c] / open : 0, 1e-4);
  }
  const double variance = (double(frame.sensor.noise.shot) * level / n + double(frame.sensor.noise.read)) / greens;
  for (std::size_t i = 0; i < 2; i++) {
    const double energy = places[i] > 0 ? focus[i] / places[i] : 0;
    const double expected = std::max(0.0, energy - (i == 0 ? 12 : 3) * variance) / std::pow(level / n, 2);
    EXPECT_NEAR(zone.focus[i], expected, 1e-3 * expected + 1e-4);
  }
}

TEST(Measure, EqualsItsTwinInEveryPatternSizeAndTarget) {
  for (CpuTarget cpu : {CpuTarget::kBaseline, CpuTarget::kAvx2, CpuTarget::kAvx512}) {
    if (cpu > best_cpu_target()) continue;
    for (CfaPattern cfa : reference::kAllPatterns) {
      for (Size size : reference::kOddSizes) {
        RawFrame frame = make_frame(cfa, size);
        frame.sensor.noise = {0.0004f, 0.00002f};
        PipelineParams params;
        params.shading = {reference::make_mesh()};
        params.statistics.columns = 7;
        params.statistics.rows = 5;
        const Statistics s = Pipeline(params, cpu).measure(frame);
        const reference::Measure twin(frame, params.shading.front());
        if (twin.columns() < 1 || twin.rows() < 1) {
          EXPECT_EQ(s.zone(0, 0).count[1], 0u);
          continue;
        }
        SCOPED_TRACE(testing::Message() << size.width << "x" << size.height << " cfa " << static_cast<int>(cfa) << " on " << name_of(cpu));
        ASSERT_EQ(s.columns, std::min(7, twin.columns()));
        ASSERT_EQ(s.rows, std::min(5, twin.rows()));
        for (int row = 0; row < s.rows; row++) {
          for (int column = 0; column < s.columns; column++) expect_zone(s, twin, frame, column, row);
        }
        if (HasFailure()) return;
      }
    }
  }
}

TEST(Measure, EqualsItsTwinOnXTransOfEveryPhaseAndSize) {
  for (CpuTarget cpu : {CpuTarget::kBaseline, CpuTarget::kAvx2, CpuTarget::kAvx512}) {
    if (cpu > best_cpu_target()) continue;
    for (int i = 0; i < 36; i++) {
      for (Size size : {Size{131, 77}, reference::kOddSizes[i % std::size(reference::kOddSizes)]}) {
        RawFrame frame = make_frame(CfaPattern::kXTrans, size);
        frame.sensor.cfa_phase = {i % 6, i / 6};
        frame.sensor.black[2] = frame.sensor.black[1];
        frame.sensor.white[2] = frame.sensor.white[1];
        frame.sensor.noise = {0.0004f, 0.00002f};
        PipelineParams params;
        params.shading = {reference::make_mesh()};
        params.statistics.columns = 7;
        params.statistics.rows = 5;
        const Statistics s = Pipeline(params, cpu).measure(frame);
        const reference::Measure twin(frame, params.shading.front());
        SCOPED_TRACE(testing::Message() << to_text(size) << " phase " << i % 6 << "," << i / 6 << " on " << name_of(cpu));
        if (twin.columns() < 1 || twin.rows() < 1) {
          EXPECT_EQ(s.zone(0, 0).count[1], 0u);
          continue;
        }
        for (int row = 0; row < s.rows; row++) {
          for (int column = 0; column < s.columns; column++) expect_zone(s, twin, frame, column, row);
        }
        double green = 0;
        for (int x = 0; x < twin.columns(); x++) green += twin.green(x, 0);
        EXPECT_NEAR(double(s.row_means[0]), green / twin.columns(), 1e-4);
        EXPECT_EQ(s.band_rows, 3);
        if (HasFailure()) return;
      }
    }
  }
}

// Several tiles of columns, the last of which overlaps, and zones of so many rows that the kernel takes them in parts.
TEST(Measure, EqualsItsTwinInTilesAndParts) {
  for (CfaPattern cfa : {CfaPattern::kGbrg, CfaPattern::kXTrans, CfaPattern::kMonochrome, CfaPattern::kRgb}) {
    for (CpuTarget cpu : {CpuTarget::kBaseline, best_cpu_target()}) {
      RawFrame frame = make_frame(cfa, {1101, 1003});
      if (cfa == CfaPattern::kXTrans) {
        frame.sensor.black[2] = frame.sensor.black[1];
        frame.sensor.white[2] = frame.sensor.white[1];
      }
      PipelineParams params;
      params.shading = {reference::make_mesh()};
      params.statistics.columns = 5;
      params.statistics.rows = 1;
      const Statistics s = Pipeline(params, cpu).measure(frame);
      const reference::Measure twin(frame, params.shading.front());
      SCOPED_TRACE(testing::Message() << "cfa " << static_cast<int>(cfa) << " on " << name_of(cpu));
      for (int column = 0; column < s.columns; column++) expect_zone(s, twin, frame, column, 0);
      for (int band : {0, s.bands / 2, s.bands - 1}) {
        const int each = s.band_rows / cell_side(cfa), last = std::min((band + 1) * each, twin.rows());
        double green = 0;
        for (int y = band * each; y < last; y++) {
          for (int x = 0; x < twin.columns(); x++) green += twin.green(x, y);
        }
        EXPECT_NEAR(double(s.row_means[static_cast<std::size_t>(band)]), green / (double(last - band * each) * twin.columns()), 1e-5);
      }
      std::uint32_t counted = 0;
      for (const std::uint32_t count : s.channels[2]) counted += count;
      const auto samples = [&](int cells) { return static_cast<std::uint32_t>((cells + s.histogram_step - 1) / s.histogram_step); };
      EXPECT_EQ(counted, samples(twin.columns()) * samples(twin.rows()));
    }
  }
}

TEST(Measure, HistogramsCountEveryStepthQuadIntoTheRightBin) {
  for (CfaPattern cfa : {CfaPattern::kBggr, CfaPattern::kXTrans, CfaPattern::kRgb}) {
    for (int step : {1, 2, 3}) {
      RawFrame frame = make_frame(cfa, {131, 77});
      if (cfa == CfaPattern::kXTrans) {
        frame.sensor.black[2] = frame.sensor.black[1];
        frame.sensor.white[2] = frame.sensor.white[1];
      }
      PipelineParams params;
      params.statistics.histogram_step = step;
      Controls controls;
      controls.colour_gains = {2, 1, 1.5f};
      const Statistics s = Pipeline(params).measure(frame, controls);
      const ShadingMesh flat;
      const reference::Measure twin(frame, flat);
      Statistics expected;
      std::uint32_t counted = 0, total = 0;
      const auto bin = [](double v) { return static_cast<std::size_t>(std::clamp(static_cast<int>(v * 1024), 0, 1023)); };
      for (int y = 0; y < twin.rows(); y += step) {
        for (int x = 0; x < twin.columns(); x += step) {
          counted++;
          double luma = 0;
          const double weight[3] = {0.2126 * 2, 0.7152, 0.0722 * 1.5};
          for (int c = 0; c < 3; c++) {
            expected.channels[static_cast<std::size_t>(c)][bin(twin.even(x, y, c))]++;
            luma += weight[c] * twin.even(x, y, c);
          }
          expected.luma[bin(luma)]++;
        }
      }
      long long moved = 0;
      for (std::size_t i = 0; i < 1024; i++) {
        total += s.luma[i];
        moved += std::abs(static_cast<long long>(s.luma[i]) - expected.luma[i]);
        for (std::size_t c = 0; c < 3; c++) moved += std::abs(static_cast<long long>(s.channels[c][i]) - expected.channels[c][i]);
      }
      EXPECT_EQ(total, counted);
      EXPECT_LE(moved, counted / 50) << "a value on a bin's edge may fall on either side, no more";
      EXPECT_EQ(s.histogram_step, step);
      EXPECT_EQ(s.luma_gains, controls.colour_gains);
    }
  }
}

TEST(Measure, RowMeansFollowTheRows) {
  const RawFrame frame = make_frame(CfaPattern::kGrbg, {64, 4200});  // more quad rows than bands
  const Statistics s = Pipeline({}).measure(frame);
  const ShadingMesh flat;
  const reference::Measure twin(frame, flat);
  EXPECT_EQ(s.band_rows, 6);
  EXPECT_EQ(s.bands, 700);
  for (int band : {0, 1, 350, 699}) {
    double sum = 0;
    for (int y = band * 3; y < band * 3 + 3; y++) {
      for (int x = 0; x < twin.columns(); x++) sum += twin.green(x, y);
    }
    EXPECT_NEAR(s.row_means[static_cast<std::size_t>(band)], sum / (3.0 * twin.columns()), 1e-5);
  }
}

TEST(Measure, ClippedAndDarkAreJudgedOnTheCode) {
  PipelineParams params;
  params.shading = {reference::make_mesh()};  // lifts corners past 1: not clipping
  const Statistics white = Pipeline(params).measure(make_frame(CfaPattern::kRggb, {64, 48}, Content::kSaturated));
  const Statistics black = Pipeline(params).measure(make_frame(CfaPattern::kRggb, {64, 48}, Content::kBlack));
  for (int i = 0; i < white.columns * white.rows; i++) {
    const auto zone = static_cast<std::size_t>(i);
    EXPECT_EQ(white.zones[zone].clipped, 1);
    EXPECT_EQ(white.zones[zone].unclipped_count[1], 0u);
    EXPECT_EQ(black.zones[zone].dark, 1);
    EXPECT_EQ(black.zones[zone].clipped, 0);
  }
}

TEST(Measure, CarriesWhatWasInForceAndIsTheSameForAnyNumberOfThreads) {
  RawFrame frame = make_frame(CfaPattern::kRggb, {640, 480});
  frame.applied.sequence = 42;
  PipelineParams params;
  params.threads = 1;
  const auto one = std::make_unique<Statistics>(Pipeline(params).measure(frame));
  params.threads = 2;
  const auto two = std::make_unique<Statistics>(Pipeline(params).measure(frame));
  EXPECT_EQ(one->applied.sequence, 42u);
  EXPECT_EQ(one->applied.f_number, 4);
  EXPECT_EQ(std::memcmp(one->zones.data(), two->zones.data(), sizeof(one->zones)), 0);
  EXPECT_EQ(one->luma, two->luma);
  EXPECT_EQ(one->row_means, two->row_means);
}

TEST(Measure, FocusFallsWithBlurAndNoiseIsNotFocus) {
  const auto score = [](double blur, double noise) {
    RawFrame frame = make_frame(CfaPattern::kRggb, {256, 256}, Content::kBlack);
    auto codes = std::make_shared<std::vector<std::uint16_t>>(static_cast<std::size_t>(frame.stride * 256));
    std::mt19937 random(3);
    std::normal_distribution<double> gauss(0, 1);
    for (int y = 0; y < 256; y++) {
      for (int x = 0; x < 256; x++) {
        const double light = 0.4 + 0.2 * std::exp(-blur) * std::sin(0.9 * x) + noise * gauss(random);
        (*codes)[static_cast<std::size_t>(y * frame.stride + x)] = static_cast<std::uint16_t>(std::clamp(100 + light * 3890, 0.0, 4095.0));
      }
    }
    frame.data = codes->data();
    frame.lease = codes;
    frame.sensor.noise = {0, static_cast<float>(noise * noise)};
    const Statistics s = Pipeline({}).measure(frame);
    double sum = 0;
    for (int i = 0; i < s.columns * s.rows; i++) sum += double(s.zones[static_cast<std::size_t>(i)].focus[0]);
    return sum / (s.columns * s.rows);
  };
  const double sharp = score(0, 0), soft = score(1, 0), noisy_soft = score(1, 0.02), noise_alone = score(20, 0.02);
  EXPECT_GT(sharp, 5 * soft);
  EXPECT_NEAR(noisy_soft, soft, 0.25 * soft);
  EXPECT_LT(noise_alone, 0.1 * soft);
}

}  // namespace
}  // namespace argent
